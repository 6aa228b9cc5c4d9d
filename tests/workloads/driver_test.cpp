#include "driver.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "caspaxos/shares.hpp"
#include "dissemination/disseminator.hpp"
#include "mznode/node/fake_runtime.hpp"
#include "raft/raft.hpp"

namespace mznode {
namespace {

/// Says what it was told, `delay` later or at once, and holds that some of it must be durable before.
class Toy {
 public:
  struct Effects {
    std::vector<std::string> unsaved;
    std::vector<std::string> words;
  };

  void say(std::string word) { effects_.words.push_back(std::move(word)); }
  void promise(const std::string& word) {
    effects_.unsaved.push_back(word);
    say(word);
  }
  void say_at(Time at, std::string word) { later_.emplace(at, std::move(word)); }

  void tick(Time now) {
    for (; !later_.empty() && later_.begin()->first <= now; later_.erase(later_.begin())) say(later_.begin()->second);
  }
  Time next_tick() const { return later_.empty() ? Time::max() : later_.begin()->first; }
  Effects take_effects(Time) { return std::exchange(effects_, {}); }

  void forget_what_is_due() { later_.clear(); }

 private:
  Effects effects_;
  std::multimap<Time, std::string> later_;
};

/// The same with words that rest on nothing.
class HastyToy : public Toy {
 public:
  void shout(std::string word) { shouts_.push_back(std::move(word)); }
  std::vector<std::string> take_urgent(Time) { return std::exchange(shouts_, {}); }

 private:
  std::vector<std::string> shouts_;
};

static_assert(Ticking<Toy> && !Urgent<Toy>);
static_assert(Ticking<HastyToy> && Urgent<HastyToy>);
// What it is for.
static_assert(Ticking<raft::Raft> && !Urgent<raft::Raft>);
static_assert(Ticking<caspaxos::Shares> && Urgent<caspaxos::Shares>);
static_assert(!Ticking<dissemination::Disseminator> && !Urgent<dissemination::Disseminator>);

/// A disk whose syncs end when the test says so.
class SlowDisk final : public Storage {
 public:
  explicit SlowDisk(std::string& events, std::deque<std::function<void()>>& syncs) : events_(events), syncs_(syncs) {}

  std::vector<std::string> read() override { return {}; }
  void append(std::string_view record) override { events_.append("+").append(record).append(" "); }
  void replace(std::string_view record) override { events_.append("=").append(record).append(" "); }
  void sync(std::function<void()> done) override { syncs_.push_back(std::move(done)); }

 private:
  std::string& events_;
  std::deque<std::function<void()>>& syncs_;
};

/// One node with a toy. `events` tells in order what was given to the storage (+), made durable (!), said, and shouted.
template <class P>
class Driven : public testing::Test {
 protected:
  Driven() {
    world.set_storage([this](const std::string&) { return std::make_unique<SlowDisk>(events, syncs); });
    world.init(*node, "n1", {"n1"});
  }
  using ToyDriver = Driver<P>;

  void start(typename ToyDriver::Pace pace) {
    typename ToyDriver::Actions actions;
    actions.save = [this](const Toy::Effects& effects) {
      for (const std::string& word : effects.unsaved) node->storage().append(word);
      return !effects.unsaved.empty();
    };
    actions.carry_out = [this](const Toy::Effects& effects) {
      for (const std::string& word : effects.words) {
        events += word + " ";
        if (on_word) on_word(word);
      }
    };
    if constexpr (Urgent<P>) {
      actions.carry_out_urgent = [this](const std::vector<std::string>& words) {
        for (const std::string& word : words) events += word + "! ";
      };
    }
    driver = std::make_unique<ToyDriver>(*node, toy, pace, std::move(actions));
  }
  /// Lets everything happen that is due now.
  void settle() { world.advance(0s); }
  void end_sync() {
    ASSERT_FALSE(syncs.empty()) << "nothing is being synced";
    const auto done = std::move(syncs.front());
    syncs.pop_front();
    events += "sync ";
    done();
    settle();
  }
  std::string take_events() { return std::exchange(events, {}); }

  std::string events;
  std::deque<std::function<void()>> syncs;
  std::function<void(const std::string&)> on_word;
  FakeRuntime world;
  P toy;
  std::unique_ptr<Node> node = std::make_unique<Node>(world);
  std::unique_ptr<ToyDriver> driver;
};

using DriverTest = Driven<Toy>;
using HastyDriverTest = Driven<HastyToy>;
constexpr auto together = Driver<Toy>::Pace::together;
constexpr auto at_once = Driver<Toy>::Pace::at_once;

TEST_F(DriverTest, WhatHappensTogetherIsTakenTogether) {
  start(together);
  toy.say("a");
  driver->wake();
  toy.say("b");
  driver->wake();
  EXPECT_EQ(take_events(), "") << "something else may arrive in the same moment";
  settle();
  EXPECT_EQ(take_events(), "a b ");
}

TEST_F(DriverTest, WhatIsTakenAtOnceWaitsForNothing) {
  start(at_once);
  toy.say("a");
  driver->wake();
  EXPECT_EQ(take_events(), "a ");
}

TEST_F(DriverTest, NothingIsSaidBeforeItIsDurable) {
  start(together);
  toy.promise("a");
  driver->wake();
  settle();
  EXPECT_EQ(take_events(), "+a ");
  end_sync();
  EXPECT_EQ(take_events(), "sync a ");
}

TEST_F(DriverTest, NothingOvertakesWhatIsBeingSynced) {
  for (const auto pace : {together, at_once}) {
    start(pace);
    toy.promise("a");
    driver->wake();
    settle();
    toy.say("b");  // rests on nothing, but comes after what does
    driver->wake();
    toy.promise("c");
    driver->wake();
    settle();
    EXPECT_EQ(take_events(), "+a ");
    end_sync();
    EXPECT_EQ(take_events(), "sync a +c ") << "all that came meanwhile is the next batch";
    end_sync();
    EXPECT_EQ(take_events(), "sync b c ");
    EXPECT_TRUE(syncs.empty());
  }
}

TEST_F(HastyDriverTest, NoSyncDelaysWhatIsUrgent) {
  start(Driver<HastyToy>::Pace::together);
  toy.promise("a");
  driver->wake();
  settle();
  toy.say("b");
  toy.shout("c");
  driver->wake();
  settle();
  EXPECT_EQ(take_events(), "+a c! ");
  end_sync();
  EXPECT_EQ(take_events(), "sync a b ");
}

TEST_F(HastyDriverTest, WhatIsUrgentComesFirst) {
  start(Driver<HastyToy>::Pace::together);
  toy.say("a");
  toy.shout("b");
  driver->wake();
  settle();
  EXPECT_EQ(take_events(), "b! a ");
}

TEST_F(DriverTest, ItIsWokenWhenItIsDueAndAgainForWhatIsDueLater) {
  start(together);
  toy.say_at(world.now() + 2s, "b");
  toy.say_at(world.now() + 1s, "a");
  driver->wake();
  world.advance(1s);
  EXPECT_EQ(take_events(), "a ");
  world.advance(1s);
  EXPECT_EQ(take_events(), "b ");
  EXPECT_FALSE(world.has_timers()) << "nothing will be due any more";
}

TEST_F(DriverTest, WhatIsDueEarlierMovesTheTimerForward) {
  start(together);
  toy.say_at(world.now() + 2s, "b");
  driver->wake();
  settle();
  toy.say_at(world.now() + 1s, "a");
  driver->wake();
  world.advance(1s);
  EXPECT_EQ(take_events(), "a ");
}

TEST_F(DriverTest, ATimerThatIsEarlyStaysUnlessTheProtocolIsToldOfNothingEarly) {
  for (const auto pace : {together, at_once}) {
    start(pace);
    const Time first = world.now() + 1s;
    toy.say_at(first, "a");
    driver->wake();
    settle();
    toy.forget_what_is_due();
    toy.say_at(first + 1s, "b");
    driver->wake();
    settle();
    EXPECT_EQ(world.next_timer(), pace == together ? first : first + 1s);
    world.advance(2s);
    EXPECT_EQ(take_events(), "b ");
  }
}

TEST_F(DriverTest, NothingIsTakenWhileEffectsAreCarriedOut) {
  for (const auto pace : {together, at_once}) {
    start(pace);
    on_word = [this](const std::string& word) {
      if (word != "a") return;
      toy.say("c");
      driver->wake();
      events += "(told) ";
    };
    toy.say("a");
    toy.say("b");
    driver->wake();
    settle();
    EXPECT_EQ(take_events(), "a (told) b c ");
  }
}

TEST_F(DriverTest, NothingIsTakenWhileWhatWasSyncedIsCarriedOut) {
  for (const auto pace : {together, at_once}) {
    start(pace);
    on_word = [this](const std::string& word) {
      if (word != "a") return;
      toy.say("c");
      driver->wake();
    };
    toy.promise("a");
    toy.say("b");
    driver->wake();
    settle();
    end_sync();
    EXPECT_EQ(take_events(), "+a sync a b c ");
  }
}

TEST_F(DriverTest, AnErrorInABatchDoesNotStopTheNext) {
  start(together);
  on_word = [](const std::string& word) {
    if (word == "a") throw Error(ErrorCode::crash, "on purpose");
  };
  toy.say("a");
  driver->wake();
  settle();
  EXPECT_TRUE(world.logged(LogLevel::error, "on purpose"));
  toy.say("b");
  driver->wake();
  settle();
  EXPECT_EQ(take_events(), "a b ");
}

TEST_F(DriverTest, NothingHappensBehindItsEnd) {
  start(together);
  toy.promise("a");
  toy.say_at(world.now() + 1s, "b");
  driver->wake();
  settle();
  driver->wake();
  driver.reset();
  end_sync();
  world.advance(2s);
  EXPECT_EQ(take_events(), "+a sync ") << "neither the sync, nor the timer, nor the waking reached it";
}

TEST_F(DriverTest, ItMayEndAfterTheNode) {
  start(together);
  toy.say_at(world.now() + 1s, "a");
  driver->wake();
  settle();
  world.detach();
  node.reset();
  driver.reset();
  world.advance(2s);
  EXPECT_EQ(take_events(), "");
}

}  // namespace
}  // namespace mznode
