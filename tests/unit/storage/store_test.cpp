#include "storage/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/state_file.hpp"

namespace router::storage {
namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, and what the store warned of.
class StoreOnDisk : public testing::Test {
 protected:
    StoreOnDisk() {
        std::string pattern = (fs::temp_directory_path() / "router-store-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        path_ = folder_ / "deep" / "state.db";
    }
    ~StoreOnDisk() override {
        std::error_code failure;
        fs::remove_all(folder_, failure);
    }

    std::unique_ptr<Store> open() { return open(path_.string()); }
    std::unique_ptr<Store> open(std::string path) {
        return std::make_unique<Store>(
            config::StorageSettings{.state_file = std::move(path)},
            [this](const std::string& sentence) {
                const std::scoped_lock lock(mutex_);
                warnings_ += sentence + "\n";
            },
            [this] { return now_; });
    }
    std::vector<std::string> files() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(path_.parent_path())) {
            out.push_back(entry.path().filename().string());
        }
        return out;
    }

    fs::path folder_;
    fs::path path_;
    std::mutex mutex_;
    std::string warnings_;
    std::int64_t now_ = 1'800'000'000;
};

TEST_F(StoreOnDisk, GivesBackAtOnceWhatWasPut) {
    const auto store = open();
    store->signatures().put("call_1", "note");
    EXPECT_EQ(store->signatures().get("call_1"), "note");
    EXPECT_EQ(store->signatures().get("call_2"), std::nullopt);
    EXPECT_TRUE(store->responses().put("resp_1", "me", "[1]", "{2}"));
    ASSERT_NE(store->responses().get("resp_1", "me"), nullptr);
    EXPECT_EQ(store->responses().get("resp_1", "me")->input, "[1]");
    EXPECT_EQ(store->responses().get("resp_1", "me")->body, "{2}");
}

TEST_F(StoreOnDisk, OutlivesARestart) {
    std::string with_zero("a\0b\xff", 4);
    open()->signatures().put("call_1", with_zero);
    {
        const auto store = open();
        EXPECT_EQ(store->signatures().get("call_1"), with_zero);
        store->signatures().put("call_1", "newer");
        store->responses().put("resp_1", "me", "[]", "{}");
        store->responses().put("resp_2", "me", "[]", "{}");
        EXPECT_TRUE(store->responses().remove("resp_2", "me"));
    }
    const auto store = open();
    EXPECT_EQ(store->signatures().get("call_1"), "newer");
    EXPECT_NE(store->responses().get("resp_1", "me"), nullptr);
    EXPECT_EQ(store->responses().get("resp_2", "me"), nullptr);
    EXPECT_EQ(warnings_, "");
}

TEST_F(StoreOnDisk, OutlivesAProgramThatIsKilled) {
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto store = open();
        store->signatures().put("call_1", "note");
        store->flush();
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(open()->signatures().get("call_1"), "note");
    EXPECT_EQ(warnings_, "");
}

TEST_F(StoreOnDisk, ForgetsWhatIsOldAlsoAcrossARestart) {
    open()->signatures().put("call_1", "note");
    now_ += SignatureStore::lifetime_seconds - 1;
    const auto store = open();
    EXPECT_EQ(store->signatures().get("call_1"), "note");
    now_ += 1;
    EXPECT_EQ(store->signatures().get("call_1"), std::nullopt);
    EXPECT_EQ(open()->signatures().get("call_1"), std::nullopt);
}

TEST_F(StoreOnDisk, KeepsAResponseForItsOwnerAlone) {
    const auto store = open();
    store->responses().put("resp_1", "me", "[]", "{}");
    EXPECT_EQ(store->responses().get("resp_1", "you"), nullptr);
    EXPECT_FALSE(store->responses().remove("resp_1", "you"));
    EXPECT_NE(store->responses().get("resp_1", "me"), nullptr);
}

TEST_F(StoreOnDisk, DoesNotKeepWhatIsTooLarge) {
    const auto store = open();
    store->signatures().put("call_1", std::string(SignatureStore::limits.record_bytes, 'x'));
    EXPECT_EQ(store->signatures().get("call_1"), std::nullopt);
    EXPECT_FALSE(store->responses().put("resp_1", "me", "[]",
                                        std::string(ResponseStore::limits.record_bytes, 'x')));
}

TEST_F(StoreOnDisk, IsForItsOwnerAloneToRead) {
    const auto store = open();
    store->signatures().put("call_1", "note");
    store->flush();
    for (const auto& name : files()) {
        struct stat status{};
        ASSERT_EQ(::stat((path_.parent_path() / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600U) << name;
    }
    struct stat status{};
    ASSERT_EQ(::stat(path_.parent_path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(StoreOnDisk, MovesAFileAsideThatIsNoDatabase) {
    fs::create_directories(path_.parent_path());
    std::ofstream(path_) << "This is a letter, not a database; it is long enough to be looked at.";
    {
        const auto store = open();
        store->signatures().put("call_1", "note");
        EXPECT_EQ(store->signatures().get("call_1"), "note");
    }
    EXPECT_NE(warnings_.find("is damaged"), std::string::npos) << warnings_;
    EXPECT_EQ(files().size(), 2U);
    EXPECT_EQ(open()->signatures().get("call_1"), "note");
}

TEST_F(StoreOnDisk, BearsAFileThatIsCutShortAnywhere) {
    {
        const auto store = open();
        for (int i = 0; i < 200; ++i) {
            store->signatures().put("call_" + std::to_string(i), std::string(400, 'x'));
        }
    }
    const auto whole = fs::file_size(path_);
    const auto copy = folder_ / "copy.db";
    fs::copy_file(path_, copy);
    for (std::uintmax_t size = 0; size < whole; size += 1 + whole / 9) {
        fs::copy_file(copy, path_, fs::copy_options::overwrite_existing);
        fs::resize_file(path_, size);
        const auto store = open();
        store->signatures().put("new", "note");
        EXPECT_EQ(store->signatures().get("new"), "note");
    }
    EXPECT_EQ(open()->signatures().get("new"), "note");
}

TEST_F(StoreOnDisk, BearsAFileWithForeignBytesInIt) {
    {
        const auto store = open();
        for (int i = 0; i < 200; ++i) {
            store->signatures().put("call_" + std::to_string(i), std::string(400, 'x'));
        }
    }
    {
        std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);
        file << std::string(20'000, '\x55');
    }
    {
        const auto store = open();
        store->signatures().put("new", "note");
        EXPECT_EQ(store->signatures().get("new"), "note");
    }
    EXPECT_NE(warnings_.find("is damaged"), std::string::npos) << warnings_;
    EXPECT_EQ(open()->signatures().get("new"), "note");
}

TEST_F(StoreOnDisk, IsMemoryAloneWhereItsFileCannotBe) {
    const auto store = open((folder_ / "x").string() + "/\0y");
    fs::create_directories(folder_ / "folder");
    const auto second = open((folder_ / "folder").string());
    second->signatures().put("call_1", "note");
    second->flush();
    EXPECT_EQ(second->signatures().get("call_1"), "note");
    EXPECT_NE(warnings_.find("nothing outlives this run"), std::string::npos) << warnings_;
}

TEST_F(StoreOnDisk, IsMemoryAloneWithoutAFile) {
    const auto store = open("");
    store->signatures().put("call_1", "note");
    store->responses().put("resp_1", "me", "[]", "{}");
    EXPECT_TRUE(store->responses().remove("resp_1", "me"));
    store->flush();
    EXPECT_EQ(store->signatures().get("call_1"), "note");
    EXPECT_EQ(warnings_, "");
}

TEST_F(StoreOnDisk, IsForSeveralThreads) {
    {
        const auto store = open();
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&store, t] {
                for (int i = 0; i < 500; ++i) {
                    const auto id = std::to_string(t) + "_" + std::to_string(i);
                    store->signatures().put(id, id);
                    EXPECT_EQ(store->signatures().get(id), id);
                    if (i % 100 == 0) store->flush();
                }
            });
        }
        for (auto& thread : threads) thread.join();
    }
    const auto store = open();
    for (const auto* id : {"0_0", "1_499", "3_250"}) EXPECT_EQ(store->signatures().get(id), id);
    EXPECT_EQ(warnings_, "");
}

TEST_F(StoreOnDisk, SharesItsFileWithAnotherProgram) {
    const auto one = open();
    const auto two = open();
    one->signatures().put("call_1", "one");
    two->signatures().put("call_2", "two");
    one->flush();
    two->flush();
    const auto three = open();
    EXPECT_EQ(three->signatures().get("call_1"), "one");
    EXPECT_EQ(three->signatures().get("call_2"), "two");
    EXPECT_EQ(warnings_, "");
}

TEST_F(StoreOnDisk, ForgetsInTheFileWhatIsMoreThanItsBound) {
    const Limits few{.count = 100, .bytes = 1 << 20, .record_bytes = 1 << 20};
    const Limits all{.count = 10'000, .bytes = 1 << 30, .record_bytes = 1 << 20};
    const auto put = [](StateFile& file, int from, int to) {
        for (int i = from; i < to; ++i) {
            file.write({.record = std::make_shared<const Record>(
                            Record{.id = std::to_string(i), .written = i, .expires = 1LL << 40})});
        }
        file.flush();
    };
    {
        StateFile file(path_, nullptr);
        file.bound(Table::signatures, few);
        file.start();
        put(file, 0, 3000);
        put(file, 3000, 3010);
    }
    const auto kept = StateFile(path_, nullptr).newest(Table::signatures, all, 0);
    ASSERT_EQ(kept.size(), 100U);
    EXPECT_EQ(kept.front().id, "2910");
    EXPECT_EQ(kept.back().id, "3009");
}

}  // namespace
}  // namespace router::storage
