#include "dialects/media_text.hpp"

#include "wire/json_text.hpp"

namespace router::dialects {

using canonical::MediaKind;

std::string media_text(const canonical::MediaBlock& media) {
    if (media.source == canonical::MediaSource::url) {
        const bool is_shown = media.kind == MediaKind::image;
        const auto url = std::string(media.data.escaped);
        return is_shown ? "![](" + url + ")" : "<" + url + ">";
    }
    auto what = wire::escaped(media.mime);
    if (what.empty()) what = media.kind == MediaKind::audio ? "audio" : "media";
    return "[" + what + ": a message of this API cannot hold it]";
}

}  // namespace router::dialects
