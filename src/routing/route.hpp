#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "routing/table.hpp"

namespace router::routing {

// What a call says itself of how it may go on; what it does not say, the configuration does.
struct Wishes {
    std::optional<int> retries{};
    std::optional<std::vector<std::string>> fallbacks{};  // empty: none
};

// The way of one call through its targets.
//
//   1  each target of the plan, at once
//   2  those of its fall-backs, and of theirs: the healthy ones before any last hope
//   3  once more those whose failure may pass, with a growing wait before each
//
// A client that leaves ends it. A failure that is the request's own fault does, unless another one
// failed before: what a fall-back cannot take may yet be taken by who was asked for. One that
// another model may mend, a conversation too long or a text that is objected to, leads to the
// fall-backs at once.
class Route {
 public:
    //   table, model  outlive the route
    //   model         as it was asked for; fall-backs are looked for by it, then by its group's
    //   name
    Route(const Table& table, std::string_view model, Plan plan, Wishes wishes);

    // Whom to ask, after so long. The first one is there whenever the plan has any.
    struct Step {
        const Attempt* attempt;  // holds until next() is called again
        std::chrono::milliseconds wait{0};
    };
    std::optional<Step> next(SteadyTime now);

    // What came of the step that next() gave.
    void failed(const Error& error, SteadyTime now);

    // Why nobody has answered.
    const Error& last_error() const;

 private:
    struct Failed {
        std::size_t which;                // of the plan's attempts
        std::chrono::milliseconds asked;  // to be waited for; 0: it said nothing of that
    };
    void add_fallbacks(SteadyTime now);
    std::span<const std::string> fallbacks_of(std::size_t which) const;
    void add(std::string_view model, SteadyTime now);
    void leave_group();
    std::vector<Attempt>::iterator unasked();
    bool was_planned(const Attempt& attempt) const;
    std::optional<Step> repeat();
    int retries() const;

    const Table& table_;
    Plan plan_;
    Wishes wishes_;
    std::string_view model_;
    // Elsewhere, for few calls have any, and the route lies in the frame of every open stream.
    std::unique_ptr<const Error> told_;    // that the call ends with, if nobody answers
    std::unique_ptr<const Error> latest_;  // the last one, for who may do better
    std::size_t asked_ = 0;                // of the plan's attempts
    std::size_t current_ = 0;              // the one under way
    std::vector<Failed> worth_repeating_;  // in the order in which they failed
    int repeats_ = 0;
    std::vector<std::string> models_;  // the model's names, then those that stand in for it
    std::size_t own_names_ = 0;        // of these
    std::size_t looked_at_ = 0;        // so many of them, for their fall-backs
};

}  // namespace router::routing
