#pragma once

#include <string>

/// What this program is called: mznode, unless it is somebody's own program around the bench.
namespace mznode::app {

/// The name, for what is printed.
const std::string& program_name();
/// What a shell must be told to run it again, such as "./my_node".
const std::string& program_command();
/// Set before anything is printed. `command` is the first word of the command line that ran it.
void set_program(const std::string& command);

/// A text for the user about "mznode", with the name that the program has.
std::string called(std::string text);

}  // namespace mznode::app
