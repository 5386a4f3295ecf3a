#include "wire/multipart.hpp"

#include <gtest/gtest.h>

#include <string>

namespace router::wire {
namespace {

const std::string form =
    "--xx\r\n"
    "Content-Disposition: form-data; name=\"model\"\r\n"
    "\r\n"
    "whisper-1\r\n"
    "--xx\r\n"
    "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
    "Content-Type: audio/wav\r\n"
    "\r\n"
    "RI\r\nFF\r\n--x\r\n\r\n"
    "--xx--\r\n";

std::string part_named(const std::string& disposition) {
    const auto body = "--b\r\nContent-Disposition: " + disposition + "\r\n\r\nv\r\n--b--";
    const auto parts = read_form(body, "b");
    if (!parts || parts->size() != 1) return "(no part)";
    return std::string(parts->front().name);
}

TEST(MultipartBoundary, IsFoundInTheContentType) {
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(multipart_boundary("multipart/form-data;boundary=abc"), "abc");
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data; Boundary=aBc"), "aBc");
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=\"a b;c\""), "a b;c");
    EXPECT_EQ(multipart_boundary("multipart/form-data; charset=utf-8; boundary=abc; x=y"), "abc");
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----WebKitFormBoundary7"),
              "----WebKitFormBoundary7");
}

TEST(MultipartBoundary, IsAbsentElsewhere) {
    for (const std::string_view text :
         {"", "application/json", "multipart/mixed; boundary=abc", "multipart/form-data",
          "multipart/form-data;", "multipart/form-data; boundary", "multipart/form-data; boundary=",
          "multipart/form-data; boundary=\"\"", "multipart/form-data; xboundary=abc"}) {
        EXPECT_FALSE(multipart_boundary(text)) << text;
    }
    EXPECT_TRUE(multipart_boundary("multipart/form-data; boundary=" + std::string(70, 'b')));
    EXPECT_FALSE(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'b')));
}

TEST(Multipart, GivesEachPartWithItsBytes) {
    const auto parts = read_form(form, "xx");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ((*parts)[0].name, "model");
    EXPECT_EQ((*parts)[0].value, "whisper-1");
    EXPECT_EQ((*parts)[1].name, "file");
    EXPECT_EQ((*parts)[1].value, "RI\r\nFF\r\n--x\r\n");
}

TEST(Multipart, HasAThousandPartsAtMost) {
    const auto form_of = [](int parts) {
        std::string body = "--b";
        for (int i = 0; i < parts; ++i) body += "\r\n\r\n\r\n--b";
        return body + "--";
    };
    ASSERT_TRUE(read_form(form_of(1000), "b"));
    EXPECT_EQ(read_form(form_of(1000), "b")->size(), 1000U);
    EXPECT_FALSE(read_form(form_of(1001), "b"));
}

TEST(Multipart, GivesViewsIntoTheBody) {
    const auto parts = read_form(form, "xx");
    ASSERT_TRUE(parts);
    EXPECT_EQ((*parts)[0].value.data(), form.data() + form.find("whisper-1"));
}

TEST(Multipart, IsNothingWhereverTheBodyIsCutOff) {
    const auto closed_at = form.size() - 2;  // the last CR LF may be missing
    for (std::size_t size = 0; size < form.size(); ++size) {
        EXPECT_EQ(read_form(form.substr(0, size), "xx").has_value(), size >= closed_at) << size;
    }
}

TEST(Multipart, SkipsWhatStandsBeforeAndBehind) {
    const auto parts = read_form("preamble\r\nmore" + ("\r\n" + form) + "epilogue --xx", "xx");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->size(), 2U);
}

TEST(Multipart, TakesPartsWithoutBytesAndWithoutHeaders) {
    const auto parts = read_form(
        "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b\r\n\r\nx\r\n--b--", "b");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ((*parts)[0].name, "a");
    EXPECT_EQ((*parts)[0].value, "");
    EXPECT_EQ((*parts)[1].name, "");
    EXPECT_EQ((*parts)[1].value, "x");
}

TEST(Multipart, TakesBinaryBytesAndWhatLooksLikeADelimiter) {
    const std::string value("\0\xFF--b\n--b\r\n-b\r\n--", 17);
    const auto body =
        "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n" + value + "\r\n--b--\r\n";
    const auto parts = read_form(body, "b");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 1U);
    EXPECT_EQ(parts->front().value, value);
}

TEST(Multipart, AllowsWhiteSpaceBehindADelimiter) {
    const auto parts =
        read_form("--b \t\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--", "b");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->front().value, "1");
}

TEST(Multipart, ReadsNamesInAllTheirSpellings) {
    EXPECT_EQ(part_named("form-data; name=\"model\""), "model");
    EXPECT_EQ(part_named("form-data; name=model"), "model");
    EXPECT_EQ(part_named("form-data;name=\"model\""), "model");
    EXPECT_EQ(part_named("form-data; filename=\"x.wav\"; name=\"model\""), "model");
    EXPECT_EQ(part_named("form-data; Name=\"model\""), "model");
    EXPECT_EQ(part_named("form-data; name=model; filename=x"), "model");
    EXPECT_EQ(part_named("form-data; name=\"image[]\""), "image[]");
    EXPECT_EQ(part_named("form-data; filename=\"x\""), "");
    EXPECT_EQ(part_named("form-data"), "");
}

TEST(Multipart, ReadsNoNameInsideQuotes) {
    EXPECT_EQ(part_named("form-data; filename=\"x; name=model; y\"; name=\"file\""), "file");
    EXPECT_EQ(part_named("form-data; filename=\"; name=model\""), "");
}

TEST(Multipart, TakesALongerBoundaryForBytes) {
    const auto parts = read_form(
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--bc\r\nw\r\n--b--", "b");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 1U);
    EXPECT_EQ(parts->front().value, "v\r\n--bc\r\nw");
}

TEST(Multipart, FindsTheDispositionAmongOtherHeadersInAnyCase) {
    const auto parts = read_form(
        "--b\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=\"a\"\r\n"
        "X-Name: name=\"z\"\r\n\r\n1\r\n--b--",
        "b");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->front().name, "a");
}

TEST(Multipart, IsAFormWithoutAnyOfItsParts) {
    const std::string body =
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        "--b \r\nContent-Disposition: form-data; name=\"c\"\r\n\r\n\r\n--b--";
    const auto parts = read_form(body, "b");
    ASSERT_TRUE(parts);
    for (const auto& part : *parts) {
        const auto at = static_cast<std::size_t>(part.whole.data() - body.data());
        const auto without = body.substr(0, at) + body.substr(at + part.whole.size());
        const auto rest = read_form(without, "b");
        ASSERT_TRUE(rest) << part.name;
        EXPECT_EQ(rest->size(), 1U);
        EXPECT_NE(rest->front().name, part.name);
    }
}

TEST(Multipart, IsNothingWhenItIsMalformed) {
    for (const std::string_view body :
         {"", "--b", "--b\r\n", "--b--", "--b--\r\n", "--b\r\n\r\n", "--b\r\n\r\nx", "x",
          "--c\r\n\r\nx\r\n--c--", "--b\r\nContent-Disposition: form-data; name=a\r\n--b--",
          "--b\n\nx\n--b--"}) {
        EXPECT_FALSE(read_form(body, "b")) << body;
    }
}

}  // namespace
}  // namespace router::wire
