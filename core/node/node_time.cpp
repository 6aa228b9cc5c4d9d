// What a node does with time, chance and threads.

#include <cassert>

#include "mznode/node/node.hpp"

namespace mznode {

class Node::SleepAwaiter {
 public:
  SleepAwaiter(Node& node, Duration duration) : node_(node), duration_(duration) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() {
    if (timer_) node_.cancel_timer(*timer_);
  }

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    waiter_.set_handle(handle);
    timer_ = node_.after(duration_, [this] {
      timer_.reset();
      node_.ready_.push(waiter_);
    });
    return true;
  }
  void await_resume() const {}

 private:
  Node& node_;
  Duration duration_;
  std::optional<TimerId> timer_;
  Waiter waiter_;
};

std::uint64_t Node::random_below(std::uint64_t bound) {
  assert(bound > 0);
  // Rejects the incomplete last span, so that every result is equally likely; the same on every machine.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    const std::uint64_t draw = random();
    if (draw < limit) return draw % bound;
  }
}

Task<> Node::sleep(Duration duration) {
  co_await SleepAwaiter(*this, duration);
}

TimerId Node::after(Duration delay, std::function<void()> callback) {
  return runtime_.set_timer(time_after(now(), delay), [this, callback = std::move(callback)] {
    run_callback("a timer's", callback);
    settle();
  });
}

void Node::run_callback(std::string_view whose, const std::function<void()>& callback) {
  if (refusal_) return;
  try {
    callback();
  } catch (const std::exception& cause) {
    log(LogLevel::error, whose, " callback failed: ", describe(cause));
  } catch (...) {
    log(LogLevel::error, whose, " callback failed with something that is not a std::exception");
  }
}

void Node::every(Duration interval, std::function<void()> callback) {
  assert(interval > Duration::zero());
  auto shared = std::make_shared<std::function<void()>>(std::move(callback));
  if (id_.empty()) {
    on_init([this, interval, shared] { start_periodic(interval, shared); });
  } else {
    start_periodic(interval, shared);
  }
}

void Node::start_periodic(Duration interval, std::shared_ptr<std::function<void()>> callback) {
  after(interval, [this, interval, callback] {
    start_periodic(interval, callback);
    (*callback)();
  });
}

Storage& Node::storage() {
  if (id_.empty()) throw std::logic_error("a node has no storage before it has a name");
  if (!storage_) storage_ = runtime_.open_storage(id_, node_ids_);
  return *storage_;
}

void Node::sync(std::function<void()> done) {
  // A sync that is done before it returns is inside some event, whose end resumes what is ready.
  auto is_inside_event = std::make_shared<bool>(true);
  storage().sync([this, done = std::move(done), is_inside_event] {
    run_callback("a sync's", done);
    if (!*is_inside_event) settle();
  });
  *is_inside_event = false;
}

Task<> Node::offload_work(std::function<void()> work) {
  auto done = std::make_shared<Event>(ready_);
  runtime_.offload(std::move(work), [this, done] {
    const bool somebody_waits = done->is_awaited();
    done->happen();
    // Nobody waits yet when the work was done at once; then this is inside a task, which must not resume others.
    if (somebody_waits) settle();
  });
  co_await done->wait();
}

}  // namespace mznode
