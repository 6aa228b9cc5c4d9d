#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "interrupt.hpp"
#include "mznode/trace/processors.hpp"

namespace mznode::app {

/// Does the pieces of work 0 to `count` - 1, `jobs` at once. `finished` is called for one piece at a time, in the order
/// of the pieces whichever ends first, so that what it prints does not depend on `jobs`. After an interruption no
/// further piece is begun. An exception ends the work and is thrown on.
template <class Result>
void run_in_order(std::size_t count, unsigned jobs, const std::function<Result(std::size_t)>& work,
                  const std::function<void(std::size_t, Result)>& finished) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // for all below
  std::map<std::size_t, Result> waiting;
  std::size_t handed_over = 0;
  std::exception_ptr error;

  const auto take_pieces = [&] {
    try {
      for (std::size_t piece = next++; piece < count && !was_interrupted(); piece = next++) {
        Result result = work(piece);
        const std::lock_guard lock(mutex);
        waiting.emplace(piece, std::move(result));
        for (auto first = waiting.begin(); first != waiting.end() && first->first == handed_over;
             first = waiting.begin()) {
          finished(handed_over++, std::move(first->second));
          waiting.erase(first);
        }
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      error = std::current_exception();
      next = count;
    }
  };
  const trace::RunsAtOnce sharing(static_cast<unsigned>(std::min<std::size_t>(jobs, count)));
  std::vector<std::thread> threads;
  try {
    while (threads.size() < std::min<std::size_t>(jobs, count)) threads.emplace_back(take_pieces);
  } catch (const std::system_error&) {  // those that there are do it all
    if (threads.empty()) throw;
  }
  for (auto& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace mznode::app
