#include "mznode/node/names.hpp"

#include <algorithm>

namespace mznode {

bool is_service_name(std::string_view name) {
  return std::find(services::all.begin(), services::all.end(), name) != services::all.end();
}

bool is_client_name(std::string_view name) {
  return name.size() > 1 && name.front() == 'c' && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace mznode
