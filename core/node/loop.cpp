#include "mznode/node/loop.hpp"

#include "mznode/json/error.hpp"

namespace mznode {

Loop::Loop(Runtime& runtime)
    : runtime_(runtime), scope_([this](const std::exception_ptr& exception) {
        try {
          std::rethrow_exception(exception);
        } catch (const std::exception& cause) {
          log(LogLevel::error, "a background task failed: ", describe(cause));
        } catch (...) {
          log(LogLevel::error, "a background task failed with something that is not a std::exception");
        }
      }) {}

Task<> Loop::sleep(Duration duration) {
  Wake wake(ready_);
  const Alarm alarm(*this, duration, [&wake] { wake.wake(); });
  co_await wake.wait();
}

TimerId Loop::after(Duration delay, std::function<void()> callback) {
  return runtime_.set_timer(time_after(now(), delay), [this, callback = std::move(callback)] {
    run_callback("a timer's", callback);
    settle();
  });
}

void Loop::every(Duration interval, std::shared_ptr<std::function<void()>> callback) {
  after(interval, [this, interval, callback] {
    every(interval, callback);
    (*callback)();
  });
}

void Loop::run_callback(std::string_view whose, const std::function<void()>& callback) {
  if (is_stopped_) return;
  try {
    callback();
  } catch (const std::exception& cause) {
    log(LogLevel::error, whose, " callback failed: ", describe(cause));
  } catch (...) {
    log(LogLevel::error, whose, " callback failed with something that is not a std::exception");
  }
}

void Loop::settle() {
  if (is_stopped_) return;
  // What a freed frame held, its destructor may make others ready with.
  do {
    ready_.run();
    scope_.reap();
  } while (!ready_.empty());
}

Task<> Loop::offload_work(std::function<void()> work) {
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
