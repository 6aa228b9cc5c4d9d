#include "mznode/node/combine.hpp"

namespace mznode {

namespace detail {

Task<std::monostate> with_result(Task<> task) {
  co_await std::move(task);
  co_return std::monostate();
}

std::vector<Task<std::monostate>> with_results(std::vector<Task<>> tasks) {
  std::vector<Task<std::monostate>> results;
  for (auto& task : tasks) results.push_back(with_result(std::move(task)));
  return results;
}

}  // namespace detail

Task<> quorum(Loop& loop, std::size_t wanted, std::vector<Task<>> tasks) {
  return detail::without_result(quorum(loop, wanted, detail::with_results(std::move(tasks))));
}

Task<> when_all(Loop& loop, std::vector<Task<>> tasks) {
  const std::size_t count = tasks.size();
  return quorum(loop, count, std::move(tasks));
}

Task<> timeout(Loop& loop, Duration limit, Task<> task) {
  return detail::without_result(timeout(loop, limit, detail::with_result(std::move(task))));
}

}  // namespace mznode
