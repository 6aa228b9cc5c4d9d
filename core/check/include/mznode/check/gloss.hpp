#pragma once

#include <string>
#include <string_view>

namespace mznode::check {

/// What an anomaly of transactions or of logs, or another violation, is, in plain words for who has not read Adya: a
/// clause without a full stop, such as "write skew: each read what another one then overwrote" of `G2-item`. The forms
/// that need the order of a process or real time say so. Empty for a name that no checker here uses.
std::string gloss(std::string_view anomaly);

}  // namespace mznode::check
