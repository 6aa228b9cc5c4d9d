#include "mznode/check/gloss.hpp"

#include <gtest/gtest.h>

namespace mznode::check {
namespace {

TEST(Gloss, OfEachAnomalyThatACheckerNames) {
  for (const char* name : {"G0",
                           "G1a",
                           "G1b",
                           "G1c",
                           "G-single-item",
                           "G-nonadjacent-item",
                           "G2-item",
                           "G0-process",
                           "G2-item-process",
                           "G-single-item-realtime",
                           "lost-update",
                           "internal",
                           "future-read",
                           "dirty-update",
                           "incompatible-order",
                           "duplicate-elements",
                           "cyclic-versions",
                           "unwritten-read",
                           "empty-transaction-graph",
                           "cycle-search-timeout",
                           "inconsistent-offsets",
                           "duplicate",
                           "lost-write",
                           "unseen",
                           "precommitted-read",
                           "poll-skip",
                           "nonmonotonic-poll",
                           "nonmonotonic-send",
                           "int-poll-skip",
                           "int-nonmonotonic-poll",
                           "int-send-skip",
                           "int-nonmonotonic-send",
                           "unexpected-key",
                           "nil-balance",
                           "wrong-total",
                           "negative-value",
                           "long-fork",
                           "aborted-read",
                           "trailing-nil",
                           "missing",
                           "lost",
                           "duplicates",
                           "revived",
                           "value-reorders",
                           "order-by-errors",
                           "inconsistent",
                           "unexpected",
                           "duplicated",
                           "early",
                           "overtaken",
                           "entangled",
                           "occupied",
                           "forked",
                           "out-of-time",
                           "PL-3-cycle-exists"}) {
    EXPECT_FALSE(gloss(name).empty()) << name;
    EXPECT_FALSE(gloss(name).ends_with('.')) << name;
  }
}

TEST(Gloss, SaysWhichOrderAFormNeedsBesides) {
  EXPECT_EQ(gloss("G2-item"), "write skew: each read what another one then overwrote, so that none came first");
  EXPECT_EQ(gloss("G2-item-realtime"),
            gloss("G2-item") + "; a transaction must also come before those that began after it had ended");
  EXPECT_EQ(gloss("G-single-item-process"),
            gloss("G-single") + "; a transaction must also come before those that its process began after it");
}

TEST(Gloss, OfNoOtherName) {
  EXPECT_EQ(gloss("G9"), "");
  EXPECT_EQ(gloss(""), "");
  EXPECT_EQ(gloss("-process"), "");
}

}  // namespace
}  // namespace mznode::check
