#include "routing/route.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "routing/failure.hpp"

namespace router::routing {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds first_wait = 500ms, longest_wait = 8s;  // LiteLLM's, and its SDKs'

// Who is told to wait longer than that before a retry is told so: its own patience is its own.
constexpr milliseconds longest_wait_asked_for = 10s;

// Doubled each time; a quarter of it left to chance, lest all come back at once.
milliseconds wait_before(int repeat) {
    thread_local std::minstd_rand dice(std::random_device{}());
    const auto whole = std::min(longest_wait, first_wait * (1 << std::min(repeat, 5)));
    return whole - whole * std::uniform_int_distribution(0, 25)(dice) / 100;
}

bool is_requests_own_fault(const Error& error) {
    return !may_another_do_better(error) && !is_too_long(error) && !is_objection(error);
}

}  // namespace

Route::Route(const Table& table, std::string_view model, Plan plan, Wishes wishes)
    : table_(table), plan_(std::move(plan)), wishes_(std::move(wishes)), model_(model) {}

const Error& Route::last_error() const {
    static const Error nobody{.kind = ErrorKind::unavailable,
                              .message = "No target serves this model."};
    return told_ ? *told_ : nobody;
}

std::optional<Route::Step> Route::next(SteadyTime now) {
    const auto give = [&](std::size_t which) {
        current_ = which;
        return Step{.attempt = &plan_.attempts[which]};
    };
    if (told_ && is_requests_own_fault(*told_)) return std::nullopt;
    if (latest_ && (is_too_long(*latest_) || is_objection(*latest_)))
        leave_group();  // the same model would say the same
    if (asked_ == plan_.attempts.size() || plan_.attempts[asked_].is_last_hope) add_fallbacks(now);
    if (asked_ < plan_.attempts.size()) return give(asked_++);
    return repeat();
}

void Route::failed(const Error& error, SteadyTime now) {
    plan_.attempts[current_].backend->failed(error, now);
    if (may_pass(error)) worth_repeating_.push_back({current_, asked_wait(error)});
    latest_ = std::make_unique<const Error>(error);
    const bool is_in_vain = error.kind == ErrorKind::client_left;
    if (!told_ || is_in_vain || may_another_do_better(error))
        told_ = std::make_unique<const Error>(error);
}

// Those of the models that were planned so far, healthy ones next, the others last.
void Route::add_fallbacks(SteadyTime now) {
    if (models_.empty()) {
        models_.emplace_back(model_);
        if (plan_.group != model_) models_.emplace_back(plan_.group);
        own_names_ = models_.size();
    }
    const auto most = own_names_ + table_.settings().max_fallbacks;
    bool has_healthy = false;
    while (looked_at_ < models_.size() && !has_healthy) {
        for (const auto& model : fallbacks_of(looked_at_++)) {
            if (models_.size() >= most || std::ranges::find(models_, model) != models_.end())
                continue;
            models_.push_back(model);
            add(model, now);
        }
        has_healthy = asked_ < plan_.attempts.size() && !plan_.attempts[asked_].is_last_hope;
    }
}

// What the call itself says stands in the place of what the configuration does.
std::span<const std::string> Route::fallbacks_of(std::size_t which) const {
    if (which >= own_names_ || !wishes_.fallbacks)
        return table_.fallbacks(models_[which], latest_.get());
    return which == 0 ? std::span<const std::string>(*wishes_.fallbacks)
                      : std::span<const std::string>();
}

void Route::add(std::string_view model, SteadyTime now) {
    auto other = table_.plan(model, now);
    if (!other) return;  // the configuration's check has said so
    for (auto& attempt : other->attempts) {
        if (was_planned(attempt)) continue;
        const auto place = attempt.is_last_hope
                               ? plan_.attempts.end()
                               : std::find_if(unasked(), plan_.attempts.end(),
                                              [](const Attempt& one) { return one.is_last_hope; });
        plan_.attempts.insert(place, std::move(attempt));
    }
}

void Route::leave_group() {
    const auto& group = plan_.attempts[current_].backend->upstream.target().model_name;
    const auto left = std::remove_if(unasked(), plan_.attempts.end(), [&](const Attempt& one) {
        return one.backend->upstream.target().model_name == group;
    });
    plan_.attempts.erase(left, plan_.attempts.end());
}

std::vector<Attempt>::iterator Route::unasked() {
    return plan_.attempts.begin() + static_cast<std::ptrdiff_t>(asked_);
}

bool Route::was_planned(const Attempt& attempt) const {
    return std::ranges::any_of(plan_.attempts, [&](const Attempt& one) {
        return one.backend == attempt.backend && one.model == attempt.model;
    });
}

int Route::retries() const {
    if (wishes_.retries) return *wishes_.retries;
    const auto& target = plan_.attempts.front().backend->upstream.target();
    return target.retries.value_or(table_.settings().retries);
}

std::optional<Route::Step> Route::repeat() {
    if (repeats_ >= retries()) return std::nullopt;
    const auto soon = std::ranges::find_if(worth_repeating_, [](const Failed& failed) {
        return failed.asked <= longest_wait_asked_for;
    });
    if (soon == worth_repeating_.end()) return std::nullopt;
    const auto [which, asked] = *soon;
    worth_repeating_.erase(soon);
    const auto wait = asked > 0ms ? asked : wait_before(repeats_);
    ++repeats_;
    current_ = which;
    return Step{.attempt = &plan_.attempts[which],
                .wait = std::max(wait, table_.settings().shortest_wait)};
}

}  // namespace router::routing
