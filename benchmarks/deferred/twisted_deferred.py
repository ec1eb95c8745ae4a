# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What Twisted's Deferred costs, in the cases of couplet.cc: `twisted_deferred.py SECONDS` prints
the CPU time of each in ns, as JSON."""

import json
import sys
import time

from twisted.internet.defer import (Deferred, DeferredLock, DeferredList, DeferredQueue,
                                    gatherResults, succeed)

INPUTS = 100
LOOP_STEPS = 1000
WARM_UP_SECONDS = 0.05


class Sum:
    value = 0


def addUp(value):
    Sum.value += value
    return Sum.value


def fire(steps):
    def work():
        deferred = Deferred()
        for _ in range(steps):
            deferred.addCallback(addUp)
        deferred.callback(1)
    return work


def addToFired():
    succeed(1).addCallback(addUp)


def fireInnerLater():
    outer = Deferred()
    inner = Deferred()
    outer.addCallback(lambda _: inner).addCallback(addUp)
    outer.callback(1)
    inner.callback(2)


def runTailLoop():
    """Each step answers with a new pending Deferred, which is then fired."""
    pending = []

    def step(left):
        if left == 0:
            return succeed(None)
        deferred = Deferred()
        pending.append(deferred)
        return deferred.addCallback(lambda _: step(left - 1))

    step(LOOP_STEPS)
    while pending:
        pending.pop().callback(None)


def gatherAll():
    inputs = [Deferred() for _ in range(INPUTS)]
    gatherResults(inputs)
    for each in inputs:
        each.callback(1)


def raceTwo():
    """The first result cancels the others: what DeferredList leaves to its user."""
    one = Deferred()
    other = Deferred()
    inputs = [one, other]

    def cancelOthers(result):
        for index, each in enumerate(inputs):
            if index != result[1]:
                each.cancel()
        return result

    DeferredList(inputs, fireOnOneCallback=True, consumeErrors=True).addCallback(cancelOthers)
    other.callback(1)


queue = DeferredQueue()


def handOverItem():
    queue.get().addCallback(addUp)
    queue.put(1)


lock = DeferredLock()
lock.acquire()


def handOverLock():
    """Who holds it hands it over to who waits, and that one holds it now."""
    lock.acquire().addCallback(lambda _: None)
    lock.release()


async def awaitOne(deferred):
    return addUp(await deferred)


def awaitFired():
    Deferred.fromCoroutine(awaitOne(succeed(1)))


def awaitPending():
    deferred = Deferred()
    Deferred.fromCoroutine(awaitOne(deferred))
    deferred.callback(1)


CASES = {
    "fire 1": fire(1),
    "fire 3": fire(3),
    "fire 10": fire(10),
    "fired": addToFired,
    "inner": fireInnerLater,
    "loop": runTailLoop,
    "gather": gatherAll,
    "race": raceTwo,
    "queue": handOverItem,
    "lock": handOverLock,
    "await fired": awaitFired,
    "await pending": awaitPending,
}


def timed(work, seconds):
    """The CPU time of one `work()`, in ns."""
    begun = time.process_time()
    times = 0
    while time.process_time() - begun < seconds:
        for _ in range(10):
            work()
        times += 10
    return (time.process_time() - begun) / times * 1e9


def main(seconds):
    times = {}
    for name, work in CASES.items():
        timed(work, WARM_UP_SECONDS)
        times[name] = timed(work, seconds) / (LOOP_STEPS if name == "loop" else 1)
    print(json.dumps(times))


if __name__ == "__main__":
    main(float(sys.argv[1]))
