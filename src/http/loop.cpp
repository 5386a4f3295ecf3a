#include "http/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace router::http {

void Loop::run() {
    const auto stays = asio::make_work_guard(context);
    context.run();
}

void Loop::stop() { context.stop(); }

void Loop::post(std::move_only_function<void()> task) { asio::post(context, std::move(task)); }

}  // namespace router::http
