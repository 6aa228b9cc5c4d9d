#include "program.hpp"

#include <string_view>

namespace mznode::app {
namespace {

constexpr std::string_view own_name = "mznode";

struct Program {
  std::string name{own_name};
  std::string command{own_name};
};

Program& program() {
  static Program the_program;
  return the_program;
}

}  // namespace

const std::string& program_name() {
  return program().name;
}

const std::string& program_command() {
  return program().command;
}

void set_program(const std::string& command) {
  const std::string name = command.substr(command.rfind('/') + 1);
  if (!name.empty() && name != own_name) program() = {name, command};
}

std::string called(std::string text) {
  if (program_name() == own_name) return text;
  for (std::size_t at = text.find(own_name); at != std::string::npos; at = text.find(own_name, at)) {
    text.replace(at, own_name.size(), program_name());
    at += program_name().size();
  }
  return text;
}

}  // namespace mznode::app
