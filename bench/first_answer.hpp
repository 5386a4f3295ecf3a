#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace router::bench {

// Starts `command` on processor `cpu` and asks it `request` at 127.0.0.1:`port`, trying to connect
// every 0.2 ms, until it answers 200. The program is ended afterwards.
//
//   errors   std::runtime_error when there is no such answer within ten seconds
std::chrono::nanoseconds time_first_answer(const std::vector<std::string>& command, int cpu,
                                           std::uint16_t port, const std::string& request);

}  // namespace router::bench
