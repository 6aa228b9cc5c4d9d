#pragma once

#include <optional>

#include "isolation/link.hpp"

namespace mznode::check::isolation {

/// Decides the models from read committed to causal, in both forms of `model.order` (Biswas and Enea, OOPSLA 2019,
/// section 3; Møldrup and Pavlogiannis, "AWDIT: An Optimal Weak Database Isolation Tester", PLDI 2025). What a
/// transaction has seen and did not read must have been overwritten by what it read: the history satisfies the model
/// where sessions, reads and all these inferences have a common order, and the cycle is a proof where they have none.
///
/// Instead of inferring all, it looks for an order in which nothing must be inferred that it does not have anyway:
/// it begins with that of the completions, infers what that breaks, and starts anew with it. A history that was
/// recorded from a database needs a round or two, and a round looks at few versions for each read.
std::optional<Cycle> find_weak_contradiction(const Commits& commits, const Model& model);

}  // namespace mznode::check::isolation
