// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/factory.h>

#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace couplet {
namespace {

class CountingFactory : public Factory {
 public:
  std::unique_ptr<Protocol> buildProtocol(const Address&) override { return nullptr; }
  void startFactory() override { ++started; }
  void stopFactory() override { ++stopped; }

  int started = 0;
  int stopped = 0;
};

TEST(FactoryTest, StartsWithItsFirstUserAndStopsWithItsLast) {
  CountingFactory factory;
  factory.doStart();
  factory.doStart();
  factory.doStop();
  EXPECT_EQ(factory.started, 1);
  EXPECT_EQ(factory.stopped, 0);
  factory.doStop();
  EXPECT_EQ(factory.stopped, 1);
}

TEST(FactoryTest, MayBeStartedAgain) {
  CountingFactory factory;
  factory.doStart();
  factory.doStop();
  factory.doStart();
  EXPECT_EQ(factory.started, 2);
}

TEST(FactoryTest, AStopWithoutAStartDoesNothing) {
  CountingFactory factory;
  factory.doStop();
  EXPECT_EQ(factory.stopped, 0);
}

class FactoryThatCannotStart : public CountingFactory {
 public:
  void startFactory() override {
    CountingFactory::startFactory();
    throw std::runtime_error("not today");
  }
};

TEST(FactoryTest, AStartThatThrowsDoesNotCount) {
  FactoryThatCannotStart factory;
  EXPECT_THROW(factory.doStart(), std::runtime_error);
  EXPECT_THROW(factory.doStart(), std::runtime_error);
  factory.doStop();
  EXPECT_EQ(factory.started, 2);
  EXPECT_EQ(factory.stopped, 0);
}

class Greeter : public Protocol {
 public:
  Greeter(std::string greeting, int times) : greeting(std::move(greeting)), times(times) {}

  std::string greeting;
  int times;
};

TEST(FactoryTest, ForProtocolMakesOneWithTheArgumentsForEachConnection) {
  auto factory = Factory::forProtocol<Greeter>(std::string("hello"), 2);
  auto first = factory->buildProtocol({"127.0.0.1", 1});
  auto second = factory->buildProtocol({"127.0.0.1", 2});
  EXPECT_NE(first, second);
  EXPECT_EQ(dynamic_cast<Greeter&>(*second).greeting, "hello");
  EXPECT_EQ(dynamic_cast<Greeter&>(*second).times, 2);
}

}  // namespace
}  // namespace couplet
