#include "http/spool.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "http/loop.hpp"

namespace router::http {
namespace {

namespace fs = std::filesystem;

// TMPDIR is this folder, as long as it lives.
struct Folder {
    fs::path path = fs::path(::testing::TempDir()) / "spool_test";
    Folder() {
        fs::create_directory(path);
        setenv("TMPDIR", path.c_str(), 1);
    }
    ~Folder() {
        unsetenv("TMPDIR");
        fs::remove_all(path);
    }
};

TEST(Spool, GivesBackWhatWasAppendedWithPaddingBehindIt) {
    const Folder folder;
    const auto spool = Spool::open();
    ASSERT_TRUE(spool);
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        const std::string piece(997, static_cast<char>(i));
        ASSERT_TRUE((*spool)->append(piece));
        all += piece;
    }
    EXPECT_EQ((*spool)->size(), all.size());
    const auto view = (*spool)->view();
    ASSERT_TRUE(view);
    EXPECT_EQ(*view, all);
    for (std::size_t i = 0; i < padding_bytes; ++i) EXPECT_EQ(view->data()[view->size() + i], '\0');
    EXPECT_EQ((*spool)->view()->data(), view->data());
}

TEST(Spool, HasNoNameInItsFolder) {
    const Folder folder;
    const auto spool = Spool::open();
    ASSERT_TRUE(spool);
    ASSERT_TRUE((*spool)->append("bytes"));
    EXPECT_TRUE(fs::is_empty(folder.path));
}

TEST(Spool, SaysWhyItCannotBeAndWhereForTheLogAlone) {
    const Folder folder;
    fs::remove_all(folder.path);
    const auto spool = Spool::open();
    ASSERT_FALSE(spool);
    EXPECT_EQ(spool.error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(spool.error().message.contains("No such file or directory"));
    EXPECT_FALSE(spool.error().message.contains(folder.path.string()));
    EXPECT_TRUE(spool.error().detail.contains(folder.path.string()));
}

}  // namespace
}  // namespace router::http
