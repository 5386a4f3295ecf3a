#include "gateway/wishes.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "wire/json_text.hpp"
#include "wire/json_tree.hpp"

namespace router::gateway {
namespace {

constexpr int most_retries = 20;

Result<int> retries_in(std::string_view text, std::string_view member) {
    int retries = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), retries);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && retries >= 0 &&
        retries <= most_retries)
        return retries;
    return fail(ErrorKind::bad_request,
                "'" + std::string(member) + "' must be a whole number from 0 to " +
                    std::to_string(most_retries) + ".",
                std::string(member));
}

std::unexpected<Error> no_list_of_models() {
    return fail(ErrorKind::bad_request, "'fallbacks' must be a list of models' names.",
                "fallbacks");
}

// Names, or, as LiteLLM has them too, objects with a model in each.
Result<std::vector<std::string>> models_in(std::string_view text) {
    std::vector<std::string> models;
    const auto list = wire::parse_json(text);
    if (!list || !list->is(wire::JsonTree::Kind::array)) return no_list_of_models();
    for (const auto& item : list->items) {
        const auto* model = item.is(wire::JsonTree::Kind::object) ? item.find("model") : &item;
        if (model == nullptr || !model->is(wire::JsonTree::Kind::string))
            return no_list_of_models();
        models.push_back(wire::unescaped(model->text));
    }
    return models;
}

}  // namespace

bool is_for_us(std::string_view field) {
    constexpr std::array<std::string_view, 2> in_camels{"numRetries", "disableFallbacks"};
    return std::ranges::find(members_for_us, field) != members_for_us.end() ||
           std::ranges::find(in_camels, field) != in_camels.end();
}

Result<routing::Wishes> wishes_of(const http::RequestHead& request, Incoming& incoming) {
    routing::Wishes wishes;
    constexpr std::string_view header = "x-litellm-num-retries";
    if (const auto text = request.header(header); !text.empty()) {
        const auto retries = retries_in(text, header);
        if (!retries) return std::unexpected(retries.error());
        wishes.retries = *retries;
    }
    if (!incoming.json) return wishes;
    const auto& body = *incoming.json;
    incoming.has_members_for_us =
        std::ranges::any_of(members_for_us, [&](auto member) { return body.has(member); });
    if (!incoming.has_members_for_us) return wishes;
    const auto said = [&](std::string_view member) {
        const auto value = body.value(member);
        return value == "null" ? std::string_view() : value;
    };
    if (const auto text = said("num_retries"); !text.empty()) {
        const auto retries = retries_in(text, "num_retries");
        if (!retries) return std::unexpected(retries.error());
        wishes.retries = *retries;
    }
    if (const auto text = said("fallbacks"); !text.empty()) {
        auto models = models_in(text);
        if (!models) return std::unexpected(models.error());
        wishes.fallbacks = std::move(*models);
    }
    if (said("disable_fallbacks") == "true") wishes.fallbacks.emplace();
    return wishes;
}

}  // namespace router::gateway
