#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace mznode::check::txn {

/// The first implies the second: a history that satisfies the first model satisfies the second one too; where the first
/// anomaly occurs, the second one does by definition.
using Implication = std::pair<std::string_view, std::string_view>;

inline constexpr std::string_view cycle_exists_suffix = "-cycle-exists";

/// What people call a model, and its canonical name; of several names for one model the first is shown.
inline constexpr std::array<Implication, 18> friendly_names = {{
    {"consistent-view", "PL-2+"}, {"cursor-stability", "PL-CS"}, {"forward-consistent-view", "PL-FCV"},
    {"monotonic-snapshot-read", "PL-MSR"}, {"monotonic-view", "PL-2L"}, {"read-committed", "PL-2"},
    {"read-uncommitted", "PL-1"}, {"repeatable-read", "PL-2.99"}, {"serializable", "PL-3"},
    {"snapshot-isolation", "PL-SI"}, {"strict-serializable", "PL-SS"}, {"strong-read-committed", "strong-PL-2"},
    {"strong-read-uncommitted", "strong-PL-1"}, {"strong-session-read-committed", "strong-session-PL-2"},
    {"strong-session-read-uncommitted", "strong-session-PL-1"}, {"update-serializable", "PL-3U"},
    {"conflict-serializable", "PL-3"}, {"strong-serializable", "PL-SS"},
}};

/// Every name that a model can be asked for by.
inline constexpr std::array<std::string_view, 54> known_models = {{
    "1SR", "PL-1", "PL-2", "PL-2+", "PL-2.99", "PL-2L", "PL-3", "PL-3U", "PL-CS", "PL-FCV", "PL-MSR", "PL-SI",
    "PL-SS", "PRAM", "causal", "causal-cerone", "conflict-serializable", "consistent-view", "cursor-stability",
    "forward-consistent-view", "linearizable", "monotonic-atomic-view", "monotonic-reads", "monotonic-snapshot-read",
    "monotonic-view", "monotonic-writes", "parallel-snapshot-isolation", "prefix", "read-atomic", "read-committed",
    "read-uncommitted", "read-your-writes", "repeatable-read", "sequential", "serializable", "session-serializable",
    "snapshot-isolation", "strict-serializable", "strong-PL-1", "strong-PL-2", "strong-read-committed",
    "strong-read-uncommitted", "strong-serializable", "strong-session-PL-1", "strong-session-PL-2",
    "strong-session-read-committed", "strong-session-read-uncommitted", "strong-session-serializable",
    "strong-session-snapshot-isolation", "strong-snapshot-isolation", "update-atomic", "update-serializable",
    "view-serializable", "writes-follow-reads",
}};

/// Between canonical names.
inline constexpr std::array<Implication, 52> model_implications = {{
    {"causal-cerone", "read-atomic"}, {"PL-2+", "PL-CS"}, {"PL-2+", "PL-2L"}, {"PL-3", "view-serializable"},
    {"PL-CS", "PL-2"}, {"PL-FCV", "PL-2+"}, {"PL-2", "PL-1"}, {"PL-3", "PL-2.99"}, {"PL-3", "PL-3U"},
    {"PL-3U", "PL-FCV"}, {"monotonic-atomic-view", "PL-2"}, {"PL-2L", "PL-2"}, {"PL-MSR", "PL-2"},
    {"parallel-snapshot-isolation", "causal-cerone"}, {"parallel-snapshot-isolation", "update-atomic"},
    {"prefix", "causal-cerone"}, {"read-atomic", "monotonic-atomic-view"}, {"PL-2.99", "PL-CS"},
    {"PL-2.99", "monotonic-atomic-view"}, {"update-atomic", "read-atomic"}, {"PL-3", "PL-SI"},
    {"session-serializable", "1SR"}, {"PL-SI", "PL-FCV"}, {"PL-SI", "monotonic-atomic-view"}, {"PL-SI", "PL-MSR"},
    {"PL-SI", "parallel-snapshot-isolation"}, {"PL-SI", "prefix"}, {"PL-SS", "PL-3"}, {"PL-SS", "linearizable"},
    {"PL-SS", "PL-SI"}, {"PL-SS", "strong-snapshot-isolation"}, {"PL-SS", "strong-session-serializable"},
    {"strong-session-PL-1", "PL-1"}, {"strong-session-PL-2", "PL-2"}, {"strong-session-PL-2", "strong-session-PL-1"},
    {"strong-PL-1", "strong-session-PL-1"}, {"strong-PL-2", "strong-session-PL-2"}, {"strong-PL-2", "strong-PL-1"},
    {"strong-session-serializable", "PL-3"}, {"strong-session-serializable", "strong-session-snapshot-isolation"},
    {"strong-session-snapshot-isolation", "PL-SI"}, {"strong-session-snapshot-isolation", "strong-session-PL-2"},
    {"PL-SS", "session-serializable"}, {"strong-snapshot-isolation", "strong-session-snapshot-isolation"},
    {"strong-snapshot-isolation", "strong-PL-2"}, {"linearizable", "sequential"}, {"sequential", "causal"},
    {"causal", "writes-follow-reads"}, {"causal", "PRAM"}, {"PRAM", "monotonic-reads"}, {"PRAM", "monotonic-writes"},
    {"PRAM", "read-your-writes"},
}};

/// The forms -process and -realtime follow from each other because a process does one thing at a time.
inline constexpr std::array<Implication, 56> anomaly_implications = {{
    {"G0", "G1c"}, {"G0", "G0-process"}, {"G0-process", "G1c-process"}, {"G0-process", "G0-realtime"},
    {"G0-realtime", "G1c-realtime"}, {"G1a", "G1"}, {"G1b", "G1"}, {"G1c", "G1"}, {"G1c", "G1c-process"},
    {"G1c-process", "G1c-realtime"}, {"G1c-process", "G1-process"}, {"G1c-realtime", "G1-realtime"},
    {"G1", "G1-process"}, {"G1-process", "G1-realtime"}, {"G-single-item", "G-single"},
    {"G-single-item", "G-single-item-process"}, {"G-single-item", "G-nonadjacent-item"},
    {"G-single-item-process", "G-single-process"}, {"G-single-item-process", "G-single-item-realtime"},
    {"G-single-item-process", "G-nonadjacent-item-process"}, {"G-single-item-realtime", "G-single-realtime"},
    {"G-single-item-realtime", "G-nonadjacent-item-realtime"}, {"G-single", "G-nonadjacent"}, {"G-single", "GSIb"},
    {"G-single", "G-single-process"}, {"G-single-process", "G-nonadjacent-process"},
    {"G-single-process", "G-single-realtime"}, {"G-single-realtime", "G-nonadjacent-realtime"},
    {"G-nonadjacent-item", "G-nonadjacent"}, {"G-nonadjacent-item", "G2-item"},
    {"G-nonadjacent-item", "G-nonadjacent-item-process"}, {"G-nonadjacent-item-process", "G-nonadjacent-process"},
    {"G-nonadjacent-item-process", "G2-item-process"}, {"G-nonadjacent-item-process", "G-nonadjacent-item-realtime"},
    {"G-nonadjacent-item-realtime", "G2-item-realtime"}, {"G-nonadjacent-item-realtime", "G-nonadjacent-realtime"},
    {"G-nonadjacent", "G2"}, {"G-nonadjacent", "G-nonadjacent-process"}, {"G-nonadjacent-process", "G2-process"},
    {"G-nonadjacent-process", "G-nonadjacent-realtime"}, {"G-nonadjacent-realtime", "G2-realtime"},
    {"G2", "G2-process"}, {"G2-item", "G2"}, {"G2-item", "G2-item-process"}, {"G2-item-process", "G2-process"},
    {"G2-item-process", "G2-item-realtime"}, {"G2-item-realtime", "G2-realtime"}, {"G2-process", "G2-realtime"},
    {"GSIa", "GSI"}, {"GSIb", "GSI"}, {"incompatible-order", "G1a"}, {"future-read", "G1c"}, {"dirty-update", "G1a"},
    {"lost-update", "write-skew"}, {"lost-update", "G2-item"}, {"write-skew", "G2"},
}};

/// A model and an anomaly that it forbids beyond what the models forbid that it implies.
inline constexpr std::array<Implication, 66> proscriptions = {{
    {"causal-cerone", "internal"}, {"causal-cerone", "G1a"}, {"PL-CS", "G1"}, {"PL-CS", "G-cursor"},
    {"PL-CS", "lost-update"}, {"PL-2L", "G1"}, {"PL-2L", "G-monotonic"}, {"PL-MSR", "G1"}, {"PL-MSR", "G-MSR"},
    {"PL-2+", "G1"}, {"PL-2+", "G-single"}, {"PL-FCV", "G1"}, {"PL-FCV", "G-SIb"},
    {"parallel-snapshot-isolation", "internal"}, {"parallel-snapshot-isolation", "G1a"}, {"PL-3", "G1"},
    {"PL-3", "G2"}, {"PL-3", "predicate-read-miss"}, {"PL-3", "PL-3-cycle-exists"}, {"PL-3", "internal"},
    {"PL-2", "G1"}, {"PL-2", "PL-2-cycle-exists"}, {"PL-1", "G0"}, {"PL-1", "duplicate-elements"},
    {"PL-1", "cyclic-versions"}, {"PL-1", "PL-1-cycle-exists"}, {"prefix", "internal"}, {"prefix", "G1a"},
    {"PL-SI", "internal"}, {"PL-SI", "G1"}, {"PL-SI", "G-SI"}, {"PL-SI", "G-nonadjacent"},
    {"PL-SI", "PL-SI-cycle-exists"}, {"read-atomic", "internal"}, {"read-atomic", "G1a"},
    {"read-atomic", "future-read"}, {"PL-2.99", "G1"}, {"PL-2.99", "G2-item"}, {"PL-2.99", "PL-2.99-cycle-exists"},
    {"PL-2.99", "lost-update"}, {"update-atomic", "lost-update"}, {"PL-SS", "G1"}, {"PL-SS", "G1c-realtime"},
    {"PL-SS", "G2-realtime"}, {"PL-SS", "PL-SS-cycle-exists"},
    {"strong-session-PL-1", "strong-session-PL-1-cycle-exists"}, {"strong-session-PL-1", "G0-process"},
    {"strong-session-PL-2", "strong-session-PL-2-cycle-exists"}, {"strong-session-PL-2", "G1c-process"},
    {"strong-PL-1", "strong-PL-1-cycle-exists"}, {"strong-PL-1", "G0-realtime"},
    {"strong-PL-2", "strong-PL-2-cycle-exists"}, {"strong-PL-2", "G1c-realtime"},
    {"strong-session-snapshot-isolation", "internal"}, {"strong-session-snapshot-isolation", "G1-process"},
    {"strong-session-snapshot-isolation", "G-nonadjacent-process"},
    {"strong-session-snapshot-isolation", "strong-session-snapshot-isolation-cycle-exists"},
    {"strong-snapshot-isolation", "internal"}, {"strong-snapshot-isolation", "G1-realtime"},
    {"strong-snapshot-isolation", "G-nonadjacent-realtime"},
    {"strong-snapshot-isolation", "strong-snapshot-isolation-cycle-exists"},
    {"strong-session-serializable", "G1-process"}, {"strong-session-serializable", "G2-process"},
    {"strong-session-serializable", "strong-session-serializable-cycle-exists"}, {"PL-3U", "G1"},
    {"PL-3U", "G-update"},
}};

}  // namespace mznode::check::txn
