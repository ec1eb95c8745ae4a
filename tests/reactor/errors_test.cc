// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/errors.h>

#include <cerrno>

#include <gtest/gtest.h>

#include <couplet/deferred/failure.h>

namespace couplet {
namespace {

TEST(ErrorsTest, EachHasASentenceThatAPersonCanRead) {
  EXPECT_STREQ(ConnectionDone().what(), "Connection was closed cleanly.");
  EXPECT_STREQ(ConnectionLost().what(),
               "Connection to the other side was lost in a non-clean fashion.");
  EXPECT_STREQ(ConnectionLost("Connection reset by peer").what(),
               "Connection to the other side was lost: Connection reset by peer.");
  EXPECT_STREQ(UserError().what(), "User aborted connection.");
  EXPECT_STREQ(ConnectError("").what(), "An error occurred while connecting.");
  EXPECT_STREQ(ConnectionRefusedError().what(), "Connection was refused by the other side.");
  EXPECT_STREQ(CannotListenError("", 80, EACCES).what(),
               "Couldn't listen on 0.0.0.0:80: Permission denied.");
}

TEST(ErrorsTest, AnAbortedConnectionIsALostOne) {
  EXPECT_TRUE(Failure(ConnectionAborted()).check<ConnectionLost>());
  EXPECT_TRUE(Failure(WriteBufferFullError()).check<ConnectionLost>());
  EXPECT_FALSE(Failure(ConnectionDone()).check<ConnectionLost>());
}

TEST(ErrorsTest, EveryReasonNotToConnectIsAConnectError) {
  EXPECT_TRUE(Failure(ConnectionRefusedError()).check<ConnectError>());
  EXPECT_TRUE(Failure(NoRouteError()).check<ConnectError>());
  EXPECT_TRUE(Failure(ConnectTimeoutError()).check<ConnectError>());
  EXPECT_TRUE(Failure(DNSLookupError("no such name")).check<ConnectError>());
  EXPECT_TRUE(Failure(UserError()).check<ConnectError>());
}

TEST(ErrorsTest, TheyKeepTheSystemsNumber) {
  EXPECT_EQ(ConnectionRefusedError().errorNumber(), ECONNREFUSED);
  EXPECT_EQ(ConnectError("why", EADDRNOTAVAIL).errorNumber(), EADDRNOTAVAIL);
  EXPECT_EQ(CannotListenError("", 1, EADDRINUSE).errorNumber(), EADDRINUSE);
}

TEST(ErrorsTest, APortThatCannotBeHadIsTold) {
  EXPECT_EQ(CannotListenError("", 80, EACCES).address(), (Address{"0.0.0.0", 80}));
  EXPECT_EQ(CannotListenError("::1", 80, EACCES).address(), (Address{"::1", 80}));
}

}  // namespace
}  // namespace couplet
