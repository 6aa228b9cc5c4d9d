#pragma once

#include <stdexcept>
#include <string>

#include "member.hpp"

namespace mznode {

/// What scripts call a member: member 2 is n2.
inline std::string name(Member member) {
  return "n" + std::to_string(member);
}

/// Throws std::invalid_argument where that is no name of a member.
inline Member member_named(const std::string& name) {
  if (name.size() < 2 || name[0] != 'n') throw std::invalid_argument("no node is called " + name);
  return Member(std::stoul(name.substr(1)));
}

}  // namespace mznode
