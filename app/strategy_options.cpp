#include "app/strategy_options.hpp"

#include <stdexcept>

namespace mznode::app {

std::map<std::string, std::string> strategy_options(const std::vector<std::string>& words) {
  std::map<std::string, std::string> options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.rfind("--", 0) != 0 || word.size() == 2) throw std::invalid_argument("unexpected argument " + word);
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      options[word.substr(2, equals - 2)] = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      options[word.substr(2)] = words[++i];
    } else {
      throw std::invalid_argument(word + " needs a value");
    }
  }
  return options;
}

}  // namespace mznode::app
