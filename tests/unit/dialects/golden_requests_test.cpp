#include <set>

#include "../wire/feeding.hpp"
#include "dialects/fit.hpp"
#include "golden.hpp"
#include "wire/json.hpp"

// Walks tests/golden/requests: each folder is one call in several dialects. From any, it is to come
// out in any other as that one's file says, or as `<from>_to_<to>.json` where something is lost on
// the way, which losses.json lists. case.json may name the models that are called.
namespace router::dialects {
namespace {

// What stands in every request of an encoder's and is tested there.
constexpr std::array usual{"store", "include", "stream_options"};

struct Case {
    fs::path folder;
    JsonTree facts;
    JsonTree losses;
};

std::vector<Case> cases() {
    std::vector<Case> out;
    for (const auto& folder : golden_cases("requests"))
        out.push_back({folder, json_of(folder / "case.json"), json_of(folder / "losses.json")});
    return out;
}

config::ModelFacts facts_of(const Case& one, DialectId to) {
    constexpr std::array<std::array<std::string_view, 2>, 4> usual_models{
        {{"openai", "gpt-4o"},
         {"openai", "gpt-4o"},
         {"anthropic", "claude-sonnet-4-5"},
         {"gemini", "gemini-2.5-flash"}}};
    const auto& [provider, model] = usual_models.at(static_cast<std::size_t>(to));
    const auto named =
        member_text(one.facts, name_of(to), std::string(provider) + '/' + std::string(model));
    const auto slash = named.find('/');
    return config::facts_for(named.substr(0, slash), name_of(to), named.substr(slash + 1));
}

Result<canonical::Request> decoded(const Padded& body, DialectId from) {
    return dialect(from).decode_request(body, {.model = "m"});
}

struct Written {
    std::string body;  // or {"error":{"param":...}}
    std::set<std::string> losses;
};

Written written(const canonical::Request& request, const config::ModelFacts& facts, DialectId to,
                bool drops_params) {
    const auto error = [](const Error& failed) {
        return Written{.body = R"({"error":{"param":")" + failed.param + "\"}}", .losses = {}};
    };
    const auto fitted = fit(request, facts, to, "", {.drop_params = drops_params});
    if (!fitted) return error(fitted.error());
    Written out;
    const auto encoded = dialect(to).encode_request(fitted->request, "m", with_facts({}, facts));
    if (!encoded) return error(encoded.error());
    out.body = encoded->body;
    for (const auto& loss : fitted->losses) out.losses.insert(loss.field);
    for (const auto& loss : encoded->losses) out.losses.insert(loss.field);
    return out;
}

JsonTree without_usual(std::string_view text, DialectId id) {
    auto tree = wire::parse_json(text);
    EXPECT_TRUE(tree) << text;
    if (!tree) return {};
    for (const auto* name : usual) tree->erase(name);
    return spread(std::move(*tree), id);
}

std::set<std::string> losses_of(const Case& one, DialectId from, DialectId to) {
    std::set<std::string> out;
    const auto* listed = one.losses.find(pair_name(from, to));
    if (listed == nullptr) return out;
    for (const auto& field : listed->items) out.insert(wire::unescaped(field.text));
    return out;
}

void check_pair(const Case& one, DialectId from, DialectId to) {
    const auto wanted = expected_of(one.folder, from, to);
    const auto text = text_of(one.folder / file_of(from));
    if (!text || !wanted) return;
    const auto where = one.folder.filename().string() + ": " + pair_name(from, to);
    const Padded body(*text);
    const auto request = decoded(body, from);
    ASSERT_TRUE(request) << where << ' ' << request.error().message;
    const auto found =
        written(*request, facts_of(one, to), to, one.facts.find("drop_params") != nullptr);
    EXPECT_TRUE(wire::json::is_valid(found.body)) << where << '\n' << found.body;
    const auto left = without_usual(found.body, to);
    const auto right = without_usual(*wanted, to);
    EXPECT_TRUE(left.equals(right))
        << where << "\nfound  " << wire::json_text(left) << "\nwanted " << wire::json_text(right);
    EXPECT_EQ(found.losses, losses_of(one, from, to)) << where;
}

TEST(GoldenRequests, ComeOutOfAnyDialectInAnyOther) {
    const auto all = cases();
    EXPECT_GE(all.size(), 40U);
    for (const auto& one : all) {
        for (const auto from : all_dialects) {
            for (const auto to : all_dialects) check_pair(one, from, to);
        }
    }
}

TEST(GoldenRequests, AreTheSameOnceWrittenAndReadAgain) {
    for (const auto& one : cases()) {
        for (const auto id : all_dialects) {
            const auto text = text_of(one.folder / file_of(id));
            if (!text) continue;
            const Padded body(*text);
            const auto request = decoded(body, id);
            ASSERT_TRUE(request) << one.folder;
            const auto facts = facts_of(one, id);
            const auto first = written(*request, facts, id, true);
            const Padded again(first.body);
            const auto reread = decoded(again, id);
            ASSERT_TRUE(reread) << one.folder << ' ' << first.body;
            const auto second = written(*reread, facts, id, true);
            EXPECT_TRUE(without_usual(first.body, id).equals(without_usual(second.body, id)))
                << one.folder << '\n'
                << first.body << '\n'
                << second.body;
        }
    }
}

}  // namespace
}  // namespace router::dialects
