#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/class_rules.hpp"
#include "tests/style_rules.hpp"

namespace mznode::style {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Style, EverySourceFileKeepsTheRules) {
  const fs::path root = MZNODE_SOURCE_DIR;
  std::size_t files = 0;
  for (const char* directory : {"core", "workloads", "app", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / directory)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      ++files;
      const std::string path = fs::relative(entry.path(), root).generic_string();
      for (const auto& finding : check_file(path, read(entry.path()))) {
        ADD_FAILURE() << path << ':' << finding.line << ": " << finding.text;
      }
    }
  }
  EXPECT_GT(files, 40u);
}

/// Names that are right in each of their namespaces; why is in doc/glossary.md, "Two things of one name".
const std::set<std::string, std::less<>> shared_names = {
    // Of messages: what they are called on the wire.
    "Add", "MicroOp", "Query", "ReadOk", "Reply", "Request",
    // The field's word in each of two fields.
    "Command", "Cycle", "Log", "Message", "Process", "Promise", "Sessions", "State"};

TEST(Style, ANameIsOfOneThing) {
  const fs::path root = MZNODE_SOURCE_DIR;
  std::map<std::string, std::string> headers;
  for (const char* directory : {"core", "workloads", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / directory)) {
      const std::string path = fs::relative(entry.path(), root).generic_string();
      if (path.ends_with(".hpp") && !path.starts_with("app/init/")) headers[path] = read(entry.path());
    }
  }
  const auto found = twins(headers);
  for (const auto& [name, places] : found) {
    if (shared_names.contains(name)) continue;
    std::string where;
    for (const auto& [space, path] : places) where += "\n  " + space + " in " + path;
    ADD_FAILURE() << name << " is the name of several things:" << where;
  }
  for (const std::string& name : shared_names) EXPECT_TRUE(found.contains(name)) << name << " has no twin any more";
}

bool fires(std::string_view text, std::string_view path = "core/node/x.cpp") {
  return !check_file(path, text).empty();
}
bool awaits_badly(const std::string& statement) {
  return fires("Task<> f(int a) {\n  " + statement + "\n}\n");
}

TEST(CoroutineLint, AcceptsTheLegalForms) {
  for (const char* statement :
       {"co_await f(a);",
        "auto x = co_await f(a);",
        "co_return co_await f(a);",
        "co_await node_.rpc(service_, \"read\", request, 1s);",
        "if (a > 1) co_await f();",
        "else co_await f();",
        "for (;;) co_await f(a);",
        "while (a < 3) { co_await f(a); }",
        "try { auto x = co_await a->b.f(std::move(a), 3, -1, 'c', nullptr, g(a, h())); } catch (...) {}",
        "co_await std::move(task);",
        "co_await ns::f<int>(a, *this, &a);",
        "co_await f<std::vector<int>>(a);",
        "co_await f(\"a\" \"b\");",
        "co_await Awaiter(*this);",
        "// co_await {bad};",
        "auto text = \"while (co_await x)\";",
        "switch (a) { case 1: co_await f(a); }",
        "switch (a) { default: co_await f(a); }",
        "a = b ? 1 : 2; again: co_await f(a);",
        "co_await kv().get(1'000);",
        "auto x = R\"(co_await {)\";"}) {
    EXPECT_FALSE(awaits_badly(statement)) << statement;
  }
}

TEST(CoroutineLint, RefusesEveryOtherFormOfAwaiting) {
  for (const char* statement : {"if (co_await f(a)) g();",
                                "while (co_await f(a)) {}",
                                "switch (co_await f(a)) {}",
                                "for (auto x : co_await f(a)) {}",
                                "g(co_await f(a));",
                                "x = co_await f(a);",
                                "int x = co_await f(a);",
                                "auto& x = co_await f(a);",
                                "auto x = (co_await f(a)).y;",
                                "auto x = co_await f(a) + 1;",
                                "return co_await f(a);",
                                "co_return g(co_await f(a));",
                                "auto x{co_await f(a)};",
                                "co_await f({1, 2});",
                                "co_await f(Get{a});",
                                "co_await f(a ? b : c);",
                                "co_await f(a + 1);",
                                "co_await f(!a);",
                                "co_await f([a] { return a; });",
                                "co_await f([] {});",
                                "co_await f(std::string{});",
                                "co_await f(g({}));",
                                "co_await a;",
                                "co_await f(a).x;",
                                "co_await f(a), g();",
                                "co_await f(new X(a));",
                                "auto x = co_await f(a) ? 1 : 2;",
                                "a && co_await f(a);",
                                "co_await f(a[1]);",
                                "(void)co_await f(a);",
                                "a ? g() : co_await f(a);",
                                "auto x = a ? b : co_await f(a);",
                                "co_await [] { return f(); }();",
                                "co_await f(.x = 1);"}) {
    EXPECT_TRUE(awaits_badly(statement)) << statement;
  }
}

TEST(CoroutineLint, RefusesParametersByReference) {
  EXPECT_TRUE(fires("Task<> f(const std::string& a) { co_await g(a); }"));
  EXPECT_TRUE(fires("Task<> f(std::string&& a) { co_return; }"));
  EXPECT_TRUE(fires("Task<int> C::f(int a, B& b) const noexcept { if (a) { co_return 1; } }"));
  EXPECT_TRUE(fires("auto f = [](const int& a) -> Task<int> { co_return a; };"));
  EXPECT_TRUE(
      fires("template <class T>\nTask<T> f(std::vector<T>& a) {\n  for (;;) {\n    try {\n      co_await g();\n    } "
            "catch (int) {\n    }\n  }\n}"));
  EXPECT_FALSE(fires("Task<> f(std::string a, B* b, std::function<void(int&)> c) { co_await g(a); }"));
  EXPECT_FALSE(fires("Task<> f(const std::string& a) { return g(a); }\nTask<> g(std::string a) { co_return; }"));
  EXPECT_FALSE(fires("void f(int& a) { auto g = [](int b) -> Task<> { co_return; }; }"));
}

TEST(CoroutineLint, RefusesCapturingLambdasThatAreCoroutines) {
  EXPECT_TRUE(fires("auto f = [this](int a) -> Task<> { co_await g(a); };"));
  EXPECT_TRUE(fires("auto f = [&] () mutable -> Task<> { co_return; };"));
  EXPECT_TRUE(fires("auto f = [x = 1] { co_return; };"));
  EXPECT_TRUE(fires("auto f = [a]<class T>(T b) -> Task<> { co_return; };"));
  EXPECT_FALSE(fires("auto f = [](int a) -> Task<> { co_await g(a); };"));
  EXPECT_FALSE(fires("auto f = [this](int a) { return g(a); };"));
  EXPECT_FALSE(fires("Task<> f(int a) { auto g = [a] { return a; }; co_await h(std::move(g)); }"));
}

TEST(CoroutineLint, NamesTheLine) {
  const auto findings =
      lint::check_coroutines("#define X \\\n  co_await {}\n/* \n */ Task<> f() {\n  // x\n  co_await a;\n}\n");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].line, 6u);
}

TEST(StyleRules, NothingPassesTheRuntimeBy) {
  for (const char* text : {"std::thread t;", "std::jthread t;", "auto t = std::chrono::steady_clock::now();",
                           "std::random_device d;", "std::mt19937_64 r;", "#include <iostream>\n",
                           "#include <fstream>\n", "#include <unistd.h>\n", "std::this_thread::sleep_for(1s);"}) {
    EXPECT_TRUE(fires(text, "core/node/x.cpp")) << text;
    EXPECT_TRUE(fires(text, "workloads/a/x.hpp")) << text;
    EXPECT_FALSE(fires(text, "core/node/stdio_runtime.cpp")) << text;
    EXPECT_FALSE(fires(text, "app/x.cpp")) << text;
  }
  EXPECT_FALSE(fires("// std::thread would be wrong here\nauto text = \"steady_clock\";"));
}

TEST(StyleRules, NothingDependsOnTheMachine) {
  for (const char* text :
       {"std::uniform_int_distribution<int> d;", "std::shuffle(a, b, c);", "auto x = std::exp(y);",
        "auto x = std::log(y);", "double p = pow(x, 2);", "std::unordered_map<int, int> m;\nfor (auto& [k, v] : m) {}",
        "std::unordered_set<Json> known_;\nfor (const auto& x : this->known_) {}",
        "std::unordered_map<int, std::vector<int>> m;\nauto i = m.begin();"}) {
    EXPECT_TRUE(fires(text)) << text;
    EXPECT_TRUE(fires(text, "core/node/stdio_runtime.cpp")) << text;
  }
  EXPECT_FALSE(fires("std::unordered_map<int, int> m;\nstd::vector<int> v;\nfor (int x : v) m[x] = 1;"));
  EXPECT_FALSE(fires("node.log(level, text); logger.exp(x); std::max(1, 2);"));
}

TEST(StyleRules, ALibraryStandsOnThoseBelowIt) {
  const std::string sim = "#include \"mznode/sim/network.hpp\"\n";
  const std::string json = "#include \"mznode/json/scanner.hpp\"\n";
  EXPECT_TRUE(fires(sim, "core/check/x.cpp"));
  EXPECT_TRUE(fires(sim, "core/node/include/mznode/node/x.hpp"));
  EXPECT_TRUE(fires("#include \"mznode/workloads/registry.hpp\"\n", "core/sim/x.cpp"));
  EXPECT_TRUE(fires("#include \"mznode/node/runtime.hpp\"\n", "core/check/txn/x.cpp"));
  EXPECT_FALSE(fires(sim, "workloads/echo/x.cpp"));
  for (const char* path : {"core/json/x.cpp", "core/check/x.cpp", "core/trace/x.cpp", "workloads/x.hpp"}) {
    EXPECT_FALSE(fires(json, path)) << path;
  }
}

TEST(StyleRules, ANameHasATwinInAnotherNamespace) {
  const auto names = [](const std::string& one, const std::string& other) {
    std::string found;
    for (const auto& [name, places] : twins({{"a.hpp", one}, {"b.hpp", other}})) found += name + " ";
    return found;
  };
  const std::string loop = "namespace a {\nclass Loop final : public B<int> {\n  struct State {};\n};\n}\n";
  EXPECT_EQ(names(loop, "namespace a::b { struct Loop { int x; }; }"), "Loop ");
  EXPECT_EQ(names(loop, "namespace b { using Loop = std::vector<int>; }"), "Loop ");
  EXPECT_EQ(names(loop, "namespace b { template <class T>\nstruct Loop { T x; }; }"), "Loop ");
  EXPECT_EQ(names(loop, "namespace b { struct State { int x; }; class C { struct Loop {}; }; class Loop; }"), "");
  EXPECT_EQ(names(loop, "namespace a { class Loop {}; }\nnamespace b { namespace { class Loop {}; } }"), "");
}

TEST(StyleRules, AClassThatHasMuchSaysWhy) {
  const auto members = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += "  std::map<int, std::function<void(int)>> m" + std::to_string(i) + "_{};\n";
    return text;
  };
  const auto has_too_much = [](const std::string& text) { return fires(text, "app/x.hpp"); };
  // None of these is a data member.
  const std::string others =
      " public:\n  enum Kind { a, b };\n  using T = int;\n  static constexpr int most = 3;\n  C() : m1_{1}, m2_(2) {}\n"
      "  bool operator==(const C&) const = default;\n  template <class U>\n  void f(U u = {}) { int x = 1; }\n"
      "  MZNODE_FIELDS(a, b)\n  friend class D;\n  class E;\n  struct F { int x; };\n private:\n";
  EXPECT_FALSE(has_too_much("class C {\n" + others + members(12) + "};"));
  EXPECT_TRUE(has_too_much("class C {\n" + others + members(13) + "};"));
  EXPECT_TRUE(has_too_much("class C {\n" + others + members(11) + "  int a = 1, b = f(1, 2);\n};"));
  EXPECT_TRUE(has_too_much("namespace n {\nclass B {\n  struct C {\n" + members(13) + "  };\n};\n}"));
  EXPECT_FALSE(has_too_much("/// It has more than 12\n/// members because it does.\nclass C {\n" + members(13) + "};"));
  EXPECT_FALSE(has_too_much("/// A value: a member for each column.\nstruct C {\n" + members(13) + "};"));

  const auto functions = [](int count) {
    std::string text = "  void operator=(int) = delete;\n";
    for (int i = 0; i < count; ++i) text += "  int f" + std::to_string(i) + "() const { return m_ + (1); }\n";
    return text;
  };
  EXPECT_FALSE(has_too_much("class C {\n public:\n" + functions(30) + " private:\n" + functions(9) + "};"));
  EXPECT_TRUE(has_too_much("class C {\n public:\n" + functions(31) + "};"));
  EXPECT_TRUE(has_too_much("struct C {\n" + functions(30) + "  C(int a, int b = 2) : x_(a), y_{b} {}\n};"));
  EXPECT_FALSE(
      has_too_much("/// It has more than 30 public functions because it does.\nstruct C {\n" + functions(31) + "};"));
}

TEST(StyleRules, AFileIsNotTooLong) {
  std::string text;
  for (int i = 0; i < 450; ++i) text += "int x;\n";
  EXPECT_FALSE(fires(text));
  EXPECT_TRUE(fires(text + "int x;\n"));
}

}  // namespace
}  // namespace mznode::style
