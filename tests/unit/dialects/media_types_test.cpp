#include "dialects/media_types.hpp"

#include <gtest/gtest.h>

namespace router::dialects {
namespace {

TEST(MediaTypes, KnowsAFileByItsFirstBytes) {
    EXPECT_EQ(media_type_of("iVBORw0KGgoAAAANSUhEUgAA"), "image/png");
    EXPECT_EQ(media_type_of(R"(\/9j\/4AAQ)"), "image/jpeg");
    EXPECT_EQ(media_type_of("UklGRhoAAABXRUJQ"), "image/webp");
    EXPECT_EQ(media_type_of("Qk0AAAAA"), "");
    EXPECT_EQ(media_type_of(""), "");
}

TEST(MediaTypes, FindsAPictureThatIsCalledWhatItIsNot) {
    const auto is_misnamed = [](std::string_view url) {
        const auto good = std::string(R"({"url":"data:image/gif;base64,R0lGOD"},)");
        return misnames_a_picture(good + "{\"url\":\"" + std::string(url) + "\"}");
    };
    EXPECT_TRUE(is_misnamed("data:image/jpeg;base64,iVBORw0KGgoA"));
    EXPECT_FALSE(is_misnamed("data:image/png;base64,iVBORw0KGgoA"));
    EXPECT_FALSE(is_misnamed("data:image/jpg;base64,/9j/4AAQ"));
    EXPECT_FALSE(is_misnamed("data:image/x-new;base64,Qk0AAAAA"));
    EXPECT_FALSE(is_misnamed("data:audio/wav;base64,UklGRhoAAABXQVZF"));
    EXPECT_FALSE(is_misnamed("image/png;base64,UklGRhoAAABXQVZF"));
}

}  // namespace
}  // namespace router::dialects
