#include "mznode/sim/crash_cause.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "mznode/sim/node_failures.hpp"

namespace mznode::sim {
namespace {

CrashCause cause_of(const std::string& log) {
  CrashCause cause;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) cause.take(line);
  return cause;
}

TEST(CrashCause, IsFoundInWhatTheRuntimesOfLanguagesSay) {
  const std::pair<const char*, const char*> cases[] = {
      {"ready\nTraceback (most recent call last):\n  File \"n.py\", line 3, in <module>\n    handle()\n"
       "AttributeError: 'NoneType' object has no attribute 'get'\n",
       "AttributeError: 'NoneType' object has no attribute 'get'"},
      {"Traceback (most recent call last):\n  File \"n.py\", line 2, in f\n    x['k']\nKeyError: 'k'\n\nDuring "
       "handling of the "
       "above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"n.py\", line 5\n"
       "RuntimeError: no handler\n",
       "RuntimeError: no handler, caused by KeyError: 'k'"},
      {"  File \"n.py\", line 3\n    if x\n        ^\nSyntaxError: expected ':'\n", "SyntaxError: expected ':'"},
      {"Exception in thread \"main\" java.lang.IllegalStateException: no store\n\tat Node.main(Node.java:9)\n"
       "Caused by: java.io.IOException: disk full\n\tat Node.open(Node.java:20)\n\t... 1 more\n",
       "java.lang.IllegalStateException: no store, caused by java.io.IOException: disk full"},
      {"panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.main()\n\t/n.go:7 +0x1d\nexit status 2\n",
       "panic: assignment to entry in nil map"},
      {"fatal error: concurrent map writes\n\ngoroutine 19 [running]:\nmain.f()\n\ngoroutine 1 [chan receive]:\n",
       "fatal error: concurrent map writes"},
      {"/n.js:12\n    throw new Error('no such key');\n    ^\n\nError: no such key\n    at f (/n.js:12:11) {\n"
       "  [cause]: TypeError: Cannot read properties of undefined\n      at g\n}\n\nNode.js v18.20.4\n",
       "Error: no such key, caused by TypeError: Cannot read properties of undefined"},
      {"n.rb:5:in `rescue in f': no handler (RuntimeError)\n\tfrom n.rb:2:in `f'\nn.rb:3:in `fetch': key not found "
       "(KeyError)\n"
       "\tfrom n.rb:3:in `f'\n",
       "RuntimeError: no handler, caused by KeyError: key not found"},
      {"thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1`\n",
       "thread 'main' panicked at src/main.rs:4:5: index out of bounds"},
      {"terminate called after throwing an instance of 'std::out_of_range'\n  what():  map::at\n",
       "'std::out_of_range': map::at"},
      {"node: n.cpp:8: int main(): Assertion `ok' failed.\n", "node: n.cpp:8: int main(): Assertion `ok' failed."},
      {"Unhandled exception. System.InvalidOperationException: no\n ---> System.Exception: inner\n   at P.Main()\n",
       "System.InvalidOperationException: no, caused by System.Exception: inner"},
  };
  for (const auto& [log, words] : cases) EXPECT_EQ(cause_of(log).words(), words);
}

TEST(CrashCause, IsTheLastOfTheExceptionsThatWereLogged) {
  EXPECT_EQ(cause_of("ValueError: caught\nTraceback (most recent call last):\n  File\nKeyError: 1\n").words(),
            "KeyError: 1");
  EXPECT_EQ(cause_of("n0 takes part\nan Error: in the middle\nNoErrorsAtAll\nError-prone: yes\n").words(), "");
}

TEST(NodeLog, ShowsTheBeginningOfALongDumpAndNotItsEnd) {
  NodeLog log({}, [](std::string_view) {});
  log.take("ready");
  log.take("fatal error: all goroutines are asleep - deadlock!");
  for (int i = 0; i < 100; ++i) log.take("goroutine " + std::to_string(i) + " [chan receive]:");
  const std::string tail = log.tail();
  EXPECT_EQ(tail.find("\nwhere its log tells of the crash:\n  fatal error: all goroutines"), 0u) << tail;
  EXPECT_NE(tail.find("goroutine 0 "), std::string::npos) << tail;
  EXPECT_EQ(tail.find("goroutine 50 "), std::string::npos) << tail;
  EXPECT_NE(tail.find("more lines)"), std::string::npos) << tail;
  EXPECT_EQ(failure::ended("exited with status 2", log),
            "exited with status 2: fatal error: all goroutines are asleep - deadlock!; a node has to run until it is "
            "killed");
}

}  // namespace
}  // namespace mznode::sim
