#include "config/read_settings.hpp"

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/base_url.hpp"
#include "config/keys.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

void read_listening(const SectionReader& reader, ServerSettings& server) {
    reader.text("host", server.host);
    if (const auto port = reader.whole("port", 1, 65535))
        server.port = static_cast<std::uint16_t>(*port);
    reader.text("unix_socket", server.unix_socket);
    if (const auto threads = reader.whole("threads", 0, 1024))
        server.threads = static_cast<int>(*threads);
    reader.text("ssl_certfile", server.ssl_certfile);
    reader.text("ssl_keyfile", server.ssl_keyfile);
    reader.texts("cors_allowed_origins", server.cors_allowed_origins);
}

void read_megabytes(const SectionReader& reader, std::string_view key, int most,
                    std::size_t& into) {
    const auto megabytes = reader.number(key);
    if (!megabytes) return;
    if (*megabytes > 0 && *megabytes <= most) {
        into = static_cast<std::size_t>(*megabytes * (1 << 20));
    } else {
        reader.wrong(key, *reader.find(key), "above 0 and at most " + std::to_string(most));
    }
}

void read_limits(const SectionReader& reader, ServerSettings& server) {
    read_megabytes(reader, "max_request_size_mb", 16'384, server.max_body_bytes);
    read_megabytes(reader, "max_upload_size_mb", 1'048'576, server.max_upload_bytes);
    reader.seconds("head_timeout", server.head_timeout);
    reader.seconds("body_timeout", server.body_timeout);
    reader.seconds("keepalive_timeout", server.keepalive_timeout);
    reader.seconds("write_timeout", server.write_timeout);
    reader.seconds("drain_timeout", server.drain_timeout, true);
}

void read_deadlines(const SectionReader& reader, DeadlineSettings& deadlines) {
    reader.seconds("connect_timeout", deadlines.connect);
    reader.seconds("first_byte_timeout", deadlines.first_byte);
    reader.seconds("idle_timeout", deadlines.idle);
    reader.seconds("heartbeat_interval", deadlines.heartbeat, true);
}

void read_log(const SectionReader& reader, LogSettings& log) {
    if (auto level = reader.one_of("log_level", {"debug", "info", "warning", "error"}))
        log.level = std::move(*level);
    if (const auto format = reader.one_of("log_format", {"human", "json"})) {
        log.format = *format == "json" ? LogFormat::json : LogFormat::human;
    }
    reader.text("log_file", log.file);
}

// A path; false is none.
void read_storage(const SectionReader& reader, StorageSettings& storage) {
    const auto* file = reader.find("state_file");
    if (file == nullptr) return;
    if (!file->is(ValueKind::boolean)) return reader.text("state_file", storage.state_file);
    if (!is_true(file->text)) storage.state_file.clear();
}

void read_master_key(const Value& general, const Environment& environment, AuthSettings& auth,
                     Report& report) {
    const auto* value = general.find("master_key");
    if (value != nullptr && !value->missing.empty()) {
        report.error(value->place, "general_settings.master_key: the environment variable " +
                                       shown(value->missing) +
                                       " is not set; set it, or put it into the file .env");
        return;
    }
    if (value != nullptr && !value->is_scalar()) {
        report.error(value->place, "general_settings.master_key must be text; it is " +
                                       std::string(kind_name(*value)));
        return;
    }
    if (value != nullptr && !value->is(ValueKind::null)) {
        if (value->text.empty()) report.error(value->place, "general_settings.master_key is empty");
        auth.master_key = Secret(value->text);
        return;
    }
    for (const auto* variable : {"LITELLM_MASTER_KEY", "LLM_ROUTER_MASTER_KEY"}) {
        auto found = environment(variable);
        if (!found || found->empty()) continue;
        auth.master_key = Secret(std::move(*found));
        return;
    }
}

std::vector<std::string> names_in_mappings(const SectionReader& reader) {
    std::vector<std::string> names;
    const auto* mappings = reader.find("user_header_mappings");
    if (mappings == nullptr) return names;
    for (const auto& mapping : mappings->items) {
        const auto* name = mapping.find("header_name");
        if (name != nullptr && name->is_scalar()) names.push_back(lower_case(name->text));
    }
    if (!mappings->is(ValueKind::list) || names.size() != mappings->items.size())
        reader.wrong("user_header_mappings", *mappings, "a list of maps with a header_name each");
    return names;
}

void read_users(const SectionReader& reader, const Environment& environment, UserSettings& users) {
    reader.boolean("openwebui_user_headers", users.trusts_headers);
    reader.boolean("openwebui_jwt_required", users.requires_jwt);
    std::string secret;
    reader.text("openwebui_jwt_secret", secret);
    if (secret.empty())
        secret = environment("FORWARD_USER_INFO_HEADER_JWT_SECRET").value_or(std::string());
    users.jwt_secret = Secret(std::move(secret));
    users.header_names = names_in_mappings(reader);
    std::string name;
    reader.text("user_header_name", name);
    if (!name.empty()) users.header_names.push_back(lower_case(name));
}

void read_general(const Value& general, const Environment& environment, Snapshot& snapshot,
                  Report& report) {
    check_keys(general, "general_settings", {section::general_settings, section::ours}, report);
    const SectionReader reader(general, "general_settings", report);
    read_listening(reader, snapshot.server);
    read_limits(reader, snapshot.server);
    read_deadlines(reader, snapshot.deadlines);
    read_log(reader, snapshot.log);
    read_storage(reader, snapshot.storage);
    read_users(reader, environment, snapshot.users);
    reader.seconds("refresh_models", snapshot.refresh_models, true);
    if (const auto which = reader.one_of("list_models", {"chat", "all"}))
        snapshot.lists_every_model = *which == "all";
    reader.boolean("always_include_stream_usage", snapshot.always_include_stream_usage);
    read_master_key(general, environment, snapshot.auth, report);
    if (snapshot.server.ssl_certfile.empty() != snapshot.server.ssl_keyfile.empty()) {
        const auto* given =
            reader.find(snapshot.server.ssl_certfile.empty() ? "ssl_keyfile" : "ssl_certfile");
        report.error(given != nullptr ? given->place : general.place,
                     "general_settings.ssl_certfile and ssl_keyfile belong together; one of them "
                     "is missing");
    }
}

void read_litellm(const Value& litellm, Snapshot& snapshot, Report& report) {
    check_keys(litellm, "litellm_settings", {section::litellm_settings}, report);
    const SectionReader reader(litellm, "litellm_settings", report);
    reader.seconds("request_timeout", snapshot.deadlines.total);
    bool json_logs = snapshot.log.format == LogFormat::json;
    reader.boolean("json_logs", json_logs);
    snapshot.log.format = json_logs ? LogFormat::json : LogFormat::human;
}

void read_variables(const Environment& environment, ServerSettings& server, Report& report) {
    if (auto host = environment("LLM_ROUTER_HOST"); host && !host->empty())
        server.host = std::move(*host);
    const auto port = environment("LLM_ROUTER_PORT");
    if (!port || port->empty()) return;
    std::uint16_t number = 0;
    const auto read = std::from_chars(port->data(), port->data() + port->size(), number);
    if (read.ec == std::errc() && read.ptr == port->data() + port->size() && number > 0) {
        server.port = number;
    } else {
        report.error({"LLM_ROUTER_PORT", 0, 0},
                     "must be a whole number from 1 to 65535; it is " + shown(*port));
    }
}

}  // namespace

const Value& section_of(const Value& document, std::string_view name, Report& report) {
    static const Value empty = [] {
        Value map;
        map.kind = ValueKind::map;
        return map;
    }();
    const auto* value = document.find(name);
    if (value == nullptr || value->is(ValueKind::null)) return empty;
    if (value->is(ValueKind::map)) return *value;
    report.error(value->place,
                 std::string(name) + " must be a map of settings; it is " + shown(*value));
    return empty;
}

void read_settings(const Value& document, const Environment& environment, Snapshot& snapshot,
                   Report& report) {
    const auto& litellm = section_of(document, "litellm_settings", report);
    read_litellm(litellm, snapshot, report);
    read_general(section_of(document, "general_settings", report), environment, snapshot, report);
    read_variables(environment, snapshot.server, report);
}

}  // namespace router::config
