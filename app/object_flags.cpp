#include "object_flags.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "mznode/check/choices.hpp"

namespace mznode::app {
namespace {

std::optional<std::int64_t> total_amount_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), total);
  if (error == std::errc{} && stop == text.data() + text.size()) return total;
  throw std::invalid_argument("--total-amount takes an integer, not " + text);
}

}  // namespace

void ObjectFlags::declare(CLI::App& app) {
  app.add_option("--total-amount", total_amount_, "bank: what all accounts hold together")
      ->default_str("")
      ->type_name("NUMBER");
  app.add_option("--accounts", bank_.accounts, "bank: the accounts, separated by commas")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->default_str("")
      ->type_name("NAMES");
  app.add_flag("--negative-balances", bank_.negative_balances, "bank: an account may hold less than nothing");
  add_number(app, "--group-size", group_size_, std::size_t{1}, check::most_group_size,
             "long-fork: how many keys a read shows")
      ->default_str("");
  app.add_option("--model", model_, "linearizable: the model, such as queue; unless given, they are listed")
      ->default_str("")
      ->type_name("NAME");
  add_number(app, "--permits", permits_, std::int64_t{1}, check::most_permits,
             "semaphore: how many may hold it at a time");
}

void ObjectFlags::set(check::CheckOptions& options) const {
  options.bank = bank_;
  options.bank.total_amount = total_amount_of(total_amount_);
  if (group_size_ > 0) options.group_size = group_size_;
  options.model = model_;
  options.permits = permits_;
}

}  // namespace mznode::app
