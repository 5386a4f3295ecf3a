#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace router::http {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

template <class T = void>
using awaitable = asio::awaitable<T, Executor>;

}  // namespace router::http
