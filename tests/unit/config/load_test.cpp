#include "config/load.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "given.hpp"

namespace router::config {
namespace {

const std::string root = ROUTER_ROOT;
const std::string demo =
    "model_list: [{model_name: demo, litellm_params: {model: openai/demo, mock_response: hi}}]\n";

Loaded load_file(const std::string& path, Texts variables = {}) {
    return load(path, environment_of(std::move(variables)));
}

TEST(Load, TakesTheExampleAsANewcomerHasItWithoutAWord) {
    const auto loaded =
        load_file(root + "/conf/config.example.yml", {{"LLM_ROUTER_MASTER_KEY", "sk-1"}});
    ASSERT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
    EXPECT_EQ(told(loaded.diagnostics), "");
    ASSERT_NE(target_of(loaded, "demo"), nullptr);
    EXPECT_TRUE(target_of(loaded, "demo")->mock_response);
    EXPECT_EQ(loaded.snapshot->auth.master_key.reveal(), "sk-1");
}

TEST(Load, TakesTheExampleWithEveryCommentedEntryToo) {
    auto text = *read_from_disk(root + "/conf/config.example.yml");
    std::string uncommented;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        auto line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with("  # - ") || line.starts_with("  #   ")) line.replace(2, 2, "");
        if (line.starts_with("# ") && line.contains(':') && !line.contains('.') &&
            !line.contains(','))
            line.erase(0, 2);
        uncommented += line + '\n';
    }
    const auto loaded = load_given(uncommented, {{"LLM_ROUTER_MASTER_KEY", "sk-1"},
                                                 {"OPENAI_API_KEY", "k"},
                                                 {"XAI_API_KEY", "k"},
                                                 {"ANTHROPIC_API_KEY", "k"},
                                                 {"GEMINI_API_KEY", "k"},
                                                 {"GROQ_API_KEY", "k"},
                                                 {"CEREBRAS_API_KEY", "k"},
                                                 {"OPENROUTER_API_KEY", "k"}});
    EXPECT_EQ(told(loaded.diagnostics), "");
    for (const auto* name :
         {"demo", "gpt-4o", "grok", "claude", "gemini", "fast", "llama", "local", "openrouter/*"}) {
        EXPECT_NE(target_of(loaded, name), nullptr) << name;
    }
}

TEST(Load, TakesEveryFixtureWithoutAnError) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root + "/tests/fixtures/config")) {
        if (entry.path().extension() != ".yml") continue;
        ++count;
        const auto loaded = load_file(entry.path().string(),
                                      {{"LITELLM_MASTER_KEY", "sk-1"}, {"REDIS_PORT", "6379"}});
        EXPECT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
        EXPECT_EQ(told(loaded.diagnostics).find("nobody knows"), std::string::npos)
            << told(loaded.diagnostics);
        EXPECT_EQ(told(loaded.diagnostics).find("did you mean"), std::string::npos)
            << told(loaded.diagnostics);
    }
    EXPECT_GE(count, 8);
}

TEST(Load, ListsEveryProblemInOneRunInTheOrderOfTheFile) {
    const auto loaded = load_given(
        "model_list:\n"
        "- model_name: a\n"
        "  litellm_params:\n"
        "    model: opnai/gpt-4o\n"
        "- litellm_params:\n"
        "    model: openai/gpt-4o\n"
        "    api_base: htp://x\n"
        "    timeout: soon\n"
        "- model_name: c\n"
        "general_settings:\n"
        "  port: 99999\n"
        "  master_key: os.environ/NOWHERE\n"
        "router_settings:\n"
        "  model_group_alias: {x: aa}\n");
    EXPECT_EQ(loaded.snapshot, nullptr);
    EXPECT_EQ(
        told(loaded.diagnostics),
        "main.yml:4:12: error: there is no provider \"opnai\" (did you mean \"openai\"?); for a "
        "server of your own "
        "write openai/<model> and api_base\n"
        "main.yml:5:3: error: an entry of model_list needs a model_name, the name that callers "
        "use\n"
        "main.yml:7:15: error: litellm_params.api_base must begin with http:// or https://, like "
        "https://api.openai.com/v1\n"
        "main.yml:8:14: error: litellm_params.timeout must be a number of seconds, like 30, 0.5 or "
        "5m; it is "
        "\"soon\"\n"
        "main.yml:9:3: error: an entry of model_list needs litellm_params, a map with at least "
        "model: "
        "provider/model\n"
        "main.yml:11:9: error: general_settings.port must be a whole number from 1 to 65535; it is "
        "\"99999\"\n"
        "main.yml:12:15: error: general_settings.master_key: the environment variable \"NOWHERE\" "
        "is not set; set "
        "it, or put it into the file .env\n"
        "main.yml:14:26: error: the alias \"x\" means \"aa\", and no model_name is so (did you "
        "mean \"a\"?)\n");
}

TEST(Load, SaysWhatTheLeastFileIs) {
    EXPECT_NE(told("").find(
                  "main.yml: error: the file is empty; the least that it needs is\nmodel_list:"),
              std::string::npos);
    EXPECT_NE(told("# only a comment\n").find("the file is empty"), std::string::npos);
    EXPECT_NE(told("- a\n").find("main.yml:1:1: error: a configuration is a map"),
              std::string::npos);
    EXPECT_NE(told("hello\n").find("a configuration is a map"), std::string::npos);
}

TEST(Load, SaysThatAFileCannotBeRead) {
    EXPECT_EQ(told(load_file("/nowhere/config.yml").diagnostics),
              "/nowhere/config.yml: error: the file cannot be read: No such file or directory\n");
    EXPECT_NE(told(load_file("/").diagnostics).find("it is a folder"), std::string::npos);
}

TEST(Load, WarnsWhereNoModelIsServed) {
    const auto loaded = load_given("model_list: []\n");
    EXPECT_TRUE(loaded.snapshot);
    EXPECT_NE(told(loaded.diagnostics).find("warning: no model is served"), std::string::npos);
}

TEST(Load, RefusesSectionsOfTheWrongKind) {
    EXPECT_EQ(told("model_list: {a: b}\nrouter_settings: [x]\ngeneral_settings: 5\n"),
              "main.yml:1:13: error: model_list must be a list, each entry beginning with \"- \"; "
              "it is a map\n"
              "main.yml:2:18: error: router_settings must be a map of settings; it is a list\n"
              "main.yml:3:19: error: general_settings must be a map of settings; it is \"5\"\n");
}

TEST(Include, AppendsListsAndReplacesTheRest) {
    const auto loaded =
        load_given("include: [more.yml]\n" + demo + "general_settings: {port: 1000}\n", {},
                   {{"more.yml",
                     "model_list: [{model_name: b, litellm_params: {model: openai/b, "
                     "mock_response: hi}}]\ngeneral_settings: {host: 0.0.0.0}\n"}});
    ASSERT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
    EXPECT_NE(target_of(loaded, "demo"), nullptr);
    EXPECT_NE(target_of(loaded, "b"), nullptr);
    EXPECT_EQ(loaded.snapshot->server.port, 8086);
    EXPECT_EQ(loaded.snapshot->server.host, "0.0.0.0");
    EXPECT_EQ(
        told(loaded.diagnostics),
        "more.yml:2:1: warning: this replaces the whole \"general_settings\" of main.yml line 3\n");
    EXPECT_EQ(loaded.snapshot->files, (std::vector<std::string>{"main.yml", "more.yml"}));
}

TEST(Include, CountsFromTheFolderOfTheFileThatNamesIt) {
    const auto loaded = load_given(
        "include: parts/a.yml\n", {},
        {{"parts/a.yml", "include: [b.yml, ../c.yml]\n"}, {"parts/b.yml", demo}, {"c.yml", ""}});
    EXPECT_NE(target_of(loaded, "demo"), nullptr) << told(loaded.diagnostics);
}

TEST(Include, LocatesAFileThatIsMissingAndOneThatComesBack) {
    EXPECT_EQ(
        told("include:\n  - gone.yml\n" + demo),
        "main.yml:2:5: error: include: \"gone.yml\" cannot be read (\"gone.yml\"): No such file\n");
    EXPECT_EQ(told("include: a.yml\n" + demo, {}, {{"a.yml", "include: main.yml\n"}}),
              "a.yml:1:10: error: include: \"main.yml\" includes this file in turn; one of the two "
              "must go\n");
}

TEST(Include, LocatesTheProblemsOfTheFileIncluded) {
    EXPECT_EQ(told("include: a.yml\n" + demo + "general_settings: {port: x}\n", {},
                   {{"a.yml", "\nmodel_list:\n- 5\n"}}),
              "main.yml:3:26: error: general_settings.port must be a whole number from 1 to 65535; "
              "it is \"x\"\n"
              "a.yml:3:3: error: an entry of model_list must be a map with model_name and "
              "litellm_params; it is \"5\"\n");
    EXPECT_NE(told("include: a.yml\n", {}, {{"a.yml", "a: [\n"}}).find("a.yml:"),
              std::string::npos);
}

TEST(EnvironmentVariables, StandAboveTheProcess) {
    const auto loaded =
        load_given(model_with("model: openai/x\napi_key: os.environ/KEY") +
                       "environment_variables: {KEY: os.environ/OTHER, NUMBER: 5}\n",
                   {{"KEY", "outside"}, {"OTHER", "inside"}});
    ASSERT_NE(target_of(loaded, "m"), nullptr) << told(loaded.diagnostics);
    EXPECT_EQ(target_of(loaded, "m")->api_key.reveal(), "inside");
}

TEST(Settings, HaveTheirDefaults) {
    const auto snapshot = load_given(demo).snapshot;
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(snapshot->server.port, 8086);
    EXPECT_EQ(snapshot->deadlines.total, milliseconds(6'000'000));
    EXPECT_TRUE(snapshot->auth.master_key.empty());
}

TEST(Settings, AreReadInSeconds) {
    const auto loaded = load_given(demo +
                                   "litellm_settings: {request_timeout: 600, json_logs: true}\n"
                                   "general_settings:\n"
                                   "  host: 0.0.0.0\n"
                                   "  port: '9000'\n"
                                   "  unix_socket: /run/router\n"
                                   "  threads: 3\n"
                                   "  ssl_certfile: c.pem\n"
                                   "  ssl_keyfile: k.pem\n"
                                   "  max_request_size_mb: 0.5\n"
                                   "  max_upload_size_mb: 100000\n"
                                   "  head_timeout: 1\n"
                                   "  body_timeout: 2.5\n"
                                   "  keepalive_timeout: 3s\n"
                                   "  write_timeout: 400ms\n"
                                   "  drain_timeout: 1m\n"
                                   "  connect_timeout: 6\n"
                                   "  first_byte_timeout: 7\n"
                                   "  idle_timeout: 8\n"
                                   "  heartbeat_interval: 0\n"
                                   "  cors_allowed_origins: https://one.example\n"
                                   "  log_level: debug\n"
                                   "  log_file: x.log\n"
                                   "  always_include_stream_usage: yes\n");
    ASSERT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
    EXPECT_EQ(told(loaded.diagnostics), "");
    const auto& snapshot = *loaded.snapshot;
    const auto& server = snapshot.server;
    const auto& deadlines = snapshot.deadlines;
    const auto& log = snapshot.log;
    EXPECT_EQ(server.host, "0.0.0.0");
    EXPECT_EQ(server.port, 9000);
    EXPECT_EQ(server.unix_socket, "/run/router");
    EXPECT_EQ(server.threads, 3);
    EXPECT_EQ(server.ssl_certfile, "c.pem");
    EXPECT_EQ(server.ssl_keyfile, "k.pem");
    EXPECT_EQ(server.max_body_bytes, std::size_t{512} * 1024);
    EXPECT_EQ(server.max_upload_bytes, std::size_t{100'000} << 20);
    EXPECT_EQ(server.head_timeout, milliseconds(1000));
    EXPECT_EQ(server.body_timeout, milliseconds(2500));
    EXPECT_EQ(server.keepalive_timeout, milliseconds(3000));
    EXPECT_EQ(server.write_timeout, milliseconds(400));
    EXPECT_EQ(server.drain_timeout, milliseconds(60'000));
    EXPECT_EQ(server.cors_allowed_origins, std::vector<std::string>{"https://one.example"});
    EXPECT_EQ(deadlines.connect, milliseconds(6000));
    EXPECT_EQ(deadlines.first_byte, milliseconds(7000));
    EXPECT_EQ(deadlines.idle, milliseconds(8000));
    EXPECT_EQ(deadlines.heartbeat, milliseconds(0));
    EXPECT_EQ(deadlines.total, milliseconds(600'000));
    EXPECT_EQ(log.level, "debug");
    EXPECT_EQ(log.format, LogFormat::json);
    EXPECT_EQ(log.file, "x.log");
    EXPECT_TRUE(snapshot.always_include_stream_usage);
}

TEST(Settings, SayWhereStateIsKeptOrThatItIsNot) {
    const auto file_of = [](std::string_view setting) {
        const auto loaded = load_given(demo + "general_settings: {" + std::string(setting) + "}\n");
        EXPECT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
        return loaded.snapshot ? loaded.snapshot->storage.state_file : "";
    };
    EXPECT_EQ(file_of(""), "state/router.db");
    EXPECT_EQ(file_of("state_file: true"), "state/router.db");
    EXPECT_EQ(file_of("state_file: /var/lib/router/state.db"), "/var/lib/router/state.db");
    EXPECT_EQ(file_of("state_file: false"), "");
    EXPECT_NE(told(demo + "general_settings: {state_file: [a]}\n")
                  .find("general_settings.state_file must be"),
              std::string::npos);
}

TEST(Settings, OfTheWrongTypeSayWhatWouldBeRight) {
    EXPECT_EQ(told(demo + "general_settings:\n"
                          "  threads: -1\n"
                          "  idle_timeout: -5\n"
                          "  log_level: debgu\n"
                          "  always_include_stream_usage: 7\n"
                          "  cors_allowed_origins: {a: b}\n"
                          "  host: [a]\n"
                          "  ssl_keyfile: k.pem\n"
                          "  max_request_size_mb: 0\n"),
              "main.yml:3:12: error: general_settings.threads must be a whole number from 0 to "
              "1024; it is \"-1\"\n"
              "main.yml:4:17: error: general_settings.idle_timeout must be a number of seconds, "
              "like 30, 0.5 or 5m; it is "
              "\"-5\"\n"
              "main.yml:5:14: error: general_settings.log_level must be one of debug, info, "
              "warning, error (did you mean "
              "\"debug\"?); it is \"debgu\"\n"
              "main.yml:6:32: error: general_settings.always_include_stream_usage must be true or "
              "false; it is \"7\"\n"
              "main.yml:7:25: error: general_settings.cors_allowed_origins must be a list of "
              "words; it is a map\n"
              "main.yml:8:9: error: general_settings.host must be text; it is a list\n"
              "main.yml:9:16: error: general_settings.ssl_certfile and ssl_keyfile belong "
              "together; one of them is missing\n"
              "main.yml:10:24: error: general_settings.max_request_size_mb must be above 0 and at "
              "most 16384; it is "
              "\"0\"\n");
}

TEST(Settings, HostAndPortOfTheEnvironmentStandAboveTheFile) {
    const auto loaded = load_given(demo + "general_settings: {port: 1, host: a}\n",
                                   {{"LLM_ROUTER_HOST", "b"}, {"LLM_ROUTER_PORT", "2"}});
    EXPECT_EQ(loaded.snapshot->server.host, "b");
    EXPECT_EQ(loaded.snapshot->server.port, 2);
    EXPECT_EQ(told(demo, {{"LLM_ROUTER_PORT", "80x"}}),
              "LLM_ROUTER_PORT: error: must be a whole number from 1 to 65535; it is \"80x\"\n");
}

TEST(MasterKey, ComesFromTheFileThenFromTheEnvironment) {
    const auto key = [](std::string_view more, Texts variables) {
        const auto loaded = load_given(demo + std::string(more), std::move(variables));
        return loaded.snapshot ? loaded.snapshot->auth.master_key.reveal()
                               : told(loaded.diagnostics);
    };
    const Texts both{{"LITELLM_MASTER_KEY", "one"}, {"LLM_ROUTER_MASTER_KEY", "two"}};
    EXPECT_EQ(key("general_settings: {master_key: sk-file}\n", both), "sk-file");
    EXPECT_EQ(key("general_settings: {master_key: 1234}\n", both), "1234");
    EXPECT_EQ(key("", both), "one");
    EXPECT_EQ(key("", {{"LLM_ROUTER_MASTER_KEY", "two"}}), "two");
    EXPECT_NE(key("general_settings: {master_key: ''}\n", both).find("master_key is empty"),
              std::string::npos);
    EXPECT_NE(key("general_settings: {master_key: os.environ/EMPTY}\n", {{"EMPTY", ""}})
                  .find("master_key is empty"),
              std::string::npos);
}

TEST(Report, CountsWhatIsMoreThanAPersonReads) {
    std::string text = demo + "general_settings:\n";
    for (int i = 0; i < 1500; ++i) text += "  qqqqqqqq" + std::to_string(i) + ": 1\n";
    const auto loaded = load_given(text);
    EXPECT_TRUE(loaded.snapshot);
    EXPECT_EQ(loaded.diagnostics.size(), 1001U);
    EXPECT_EQ(loaded.diagnostics.back().message, "and 500 more");
}

}  // namespace
}  // namespace router::config
