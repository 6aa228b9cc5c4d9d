#include "program.hpp"
#include "test_options.hpp"

namespace mznode::app {

std::string quoted(const std::string& word) {
  constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string replay_command(const TestSettings& settings) {
  std::string text = quoted(program_command()) + " test -w " + settings.workload;
  const auto add = [&text](const std::string& flag, const std::string& value) {
    text += " " + flag + " " + quoted(value);
  };
  if (!settings.strategy.empty()) add("--strategy", settings.strategy);
  for (const auto& [name, value] : settings.strategy_options) add("--" + name, value);
  if (settings.bin) add("--bin", *settings.bin);
  for (const Setting& setting : setting_table()) {
    const auto written = setting.write(settings);
    if (!written) continue;
    setting.takes.empty() ? void(text += " " + setting.flag) : add(setting.flag, *written);
  }
  if (!settings.limits.empty()) add("--expect", limits_text(settings.limits));
  add("--seed", std::to_string(settings.seed));
  if (!settings.bin_args.empty()) text += " --";
  for (const auto& argument : settings.bin_args) text += " " + quoted(argument);
  return text;
}

}  // namespace mznode::app
