#pragma once

#include <string_view>
#include <vector>

namespace mznode::app {

/// A file of app/init/, compiled in.
struct Template {
  /// Below app/, such as init/go/main.go.
  std::string_view path;
  std::string_view text;
};

const std::vector<Template>& templates();

}  // namespace mznode::app
