#include "config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <system_error>

#include "config/expand.hpp"
#include "config/include.hpp"
#include "config/keys.hpp"
#include "config/mask.hpp"
#include "config/provider_catalogue.hpp"
#include "config/read_models.hpp"
#include "config/read_settings.hpp"
#include "config/yaml_document.hpp"

namespace router::config {
namespace {

constexpr std::string_view minimal_file =
    "model_list:\n"
    "  - model_name: demo\n"
    "    litellm_params:\n"
    "      model: openai/demo\n"
    "      mock_response: Hello!";

using Variables = std::map<std::string, std::string, std::less<>>;

// The file's own environment_variables; they may refer to the process's.
Variables read_variables(Value& document, const Environment& environment, Report& report) {
    Variables out;
    const auto found = std::ranges::find(document.members, "environment_variables", &Member::key);
    if (found == document.members.end() || found->value.is(ValueKind::null)) return out;
    if (!found->value.is(ValueKind::map)) {
        report.error(
            found->value.place,
            "environment_variables must be a map, NAME: value; it is " + shown(found->value));
        return out;
    }
    expand(found->value, environment, report);
    for (const auto& [name, place, value] : found->value.members) {
        if (!value.is_scalar()) {
            report.error(value.place, "environment_variables." + name + " must be text; it is " +
                                          std::string(kind_name(value)));
        } else if (!value.is(ValueKind::null)) {
            out[name] = value.text;
        }
    }
    return out;
}

// The embedded rows of a catalogue and those of a file of this name beside the main one.
template <class Catalogue>
Catalogue read_catalogue(std::string_view name, const std::string& main_path,
                         const ReadFile& read_file, Report& report) {
    auto catalogue = Catalogue::embedded();
    const auto path = (std::filesystem::path(main_path).parent_path() / name).string();
    const auto text = path == main_path ? std::unexpected(std::string()) : read_file(path);
    if (!text) return catalogue;
    report.begin_file(path);
    if (const auto document = parse_yaml(*text, path, report)) catalogue.extend(*document, report);
    return catalogue;
}

bool is_usable(const Value& document, const std::string& path, Report& report) {
    if (document.is(ValueKind::map)) return true;
    if (document.is(ValueKind::null)) {
        report.error({path, 0, 0},
                     "the file is empty; the least that it needs is\n" + std::string(minimal_file));
    } else {
        report.error(
            document.place,
            "a configuration is a map that begins with model_list:; this is " + shown(document));
    }
    return false;
}

void build(Value document, const std::string& path, const Environment& environment,
           const ReadFile& read_file, Snapshot& snapshot, Report& report) {
    include_files(document, path, read_file, report);
    check_keys(document, "the file", {section::top}, report);
    const auto variables = read_variables(document, environment, report);
    const Environment with_own = [&](std::string_view name) -> std::optional<std::string> {
        const auto own = variables.find(name);
        return own == variables.end() ? environment(name) : own->second;
    };
    for (auto& [key, place, value] : document.members) {
        if (key != "environment_variables") expand(value, with_own, report);
    }
    const auto catalogue =
        read_catalogue<ProviderCatalogue>("providers.yml", path, read_file, report);
    snapshot.models = read_catalogue<ModelCatalogue>("models.yml", path, read_file, report);
    read_settings(document, with_own, snapshot, report);
    read_models(document, with_own, catalogue, read_file, snapshot, report);
    snapshot.masked_json = json_text(masked(document));
    snapshot.files = report.files();
}

}  // namespace

std::expected<std::string, std::string> read_from_disk(const std::string& path) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure)) return std::unexpected("it is a folder");
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(std::generic_category().message(errno));
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) return std::unexpected(std::string("it cannot be read to its end"));
    return text;
}

Loaded load(const std::string& path, const Environment& environment) {
    const auto text = read_from_disk(path);
    if (text) return load_text(*text, path, environment);
    return {.snapshot = nullptr,
            .diagnostics = {
                {Severity::error, {path, 0, 0}, "the file cannot be read: " + text.error()}}};
}

Loaded load_text(std::string_view text, const std::string& path, const Environment& environment,
                 const ReadFile& read_file) {
    Report report;
    report.begin_file(path);
    auto snapshot = std::make_shared<Snapshot>();
    if (auto document = parse_yaml(text, path, report);
        document && is_usable(*document, path, report)) {
        build(std::move(*document), path, environment, read_file, *snapshot, report);
    }
    if (report.has_error()) snapshot = nullptr;
    return {.snapshot = std::move(snapshot), .diagnostics = report.sorted()};
}

}  // namespace router::config
