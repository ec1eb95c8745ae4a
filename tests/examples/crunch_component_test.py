# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""crunch_component, by either protocol: what it answers, and while its servers are gone."""

import signal
import socket
import threading
import unittest

import programs
from crunch_plays import HOST, CrunchTest, compute, curl, output, played, said, shell
from programs import DEADLINE

ABORTED = "crunch_component: aborted (user or software interrupt)"
MUL_DIV = "MulDiv?a=9.0&b=7.0&c=370.0&d=10.0"
DIV_MUL = "DivMul?a=9.0&b=6.0&c=4.0&d=10.0"


def listening_port(program):
    return int(program.err.until(f"Listening on {HOST}:").rpartition(":")[2])


class ComponentTest(CrunchTest):
    def start_component(self, crunch, native, *arguments):
        """crunch_component, with its ports open; they are its `public` and `control`."""
        component = self.start("crunch_component", f"--crunch={crunch}", f"--public={HOST}:0",
                               f"--control={HOST}:0", "--v=1", "--logtostderr",
                               *(["--native"] if native else []), *arguments)
        component.public = listening_port(component)
        component.control = listening_port(component)
        return component

    def connected_component(self, crunch, native):
        """One that has its servers."""
        component = self.start_component(crunch, native)
        self.wait_until_available(component)
        return component

    def wait_until_available(self, component):
        for _ in "ab":
            component.err.until("Connected to ")
        # Sessions of the native protocol begin with greetings, which are no lines of the log.
        self.assertTrue(programs.eventually(
            lambda: curl(component.public, "DivMul?b=1&d=1").status == 200, lambda: None))

    def start_both(self, native):
        server = self.start_server()
        place = f"{HOST}:{server.native if native else server.http}"
        return server, self.connected_component(place, native)

    def check_unavailable(self, port, target, names):
        """The fault says that these are not there."""
        listed, quoted = ", ".join(names), '","'.join(names)
        answer = curl(port, target)
        self.assertEqual(
            answer.body, '{"value":["couplet.TemporarilyUnavailable",{"condition":"required '
            f'services \\"{listed}\\" are temporarily unavailable","explanation":"try again later",'
            f'"error_code":0,"exit_code":172,"unavailable":["{quoted}"]}},[]]}}')
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "1"))

    def check_all_unavailable(self, port):
        self.check_unavailable(port, DIV_MUL, ["a", "b"])
        self.check_unavailable(port, MUL_DIV, ["server_a", "server_b"])

    def check_available(self, port):
        self.assertEqual(curl(port, MUL_DIV).body, output("100.0"))
        self.assertEqual(curl(port, DIV_MUL).body, output("41.5"))


class Answers(ComponentTest):
    # Crunch 20: (9*7)+(370/10), and (9/6)+(4*10).
    def test_the_article(self):
        for native in (False, True):
            _, component = self.start_both(native)
            self.check_available(component.public)
            self.assertIn(shell(f"curl -s 'http://{HOST}:{component.public}/{MUL_DIV}' | "
                                "jq '.value[1].value'"), ("100.0\n", "100\n"))

    # Crunch 20: Two concurrent requests: neither is answered before both are asked.
    def test_both_requests_are_in_flight(self):
        for native in (False, True):
            both = threading.Barrier(2)

            def answer(name, members, both=both):
                both.wait(DEADLINE)
                return compute(name, members)

            with played(answer, native) as port:
                component = self.connected_component(f"127.0.0.1:{port}", native)
                self.check_available(component.public)
                component.stop()

    # Crunch 9, 14: A fault of one of them is the answer.
    def test_division_by_zero(self):
        for native in (False, True):
            _, component = self.start_both(native)
            for target in ("MulDiv?a=1&b=1&c=1&d=0", "DivMul?a=1&b=0&c=1&d=1"):
                answer = curl(component.public, target)
                self.assertEqual((answer.status, answer.message()[0]),
                                 (422, "crunch_api.DivideByZero"))
            self.check_available(component.public)

    # Crunch 10: Errors name its own requests.
    def test_a_bad_member(self):
        component = self.start_component(f"{HOST}:1", False)
        answer = curl(component.public, "MulDiv?e=1")
        self.assertEqual((answer.status, answer.message()[1]["explanation"]),
                         (400, 'unknown member "e" in "MulDiv"'))


class Servers(ComponentTest):
    """crunch_server comes and goes."""

    # Crunch 11, 19: Those that are not there are named, by their aliases where there are some.
    def test_a_server_that_is_not_there(self):
        for native in (False, True):
            component = self.start_component(f"{HOST}:1", native)
            self.check_all_unavailable(component.public)

    # Crunch 18, 20, 21: NotReady, and Ready again when crunch_server is restarted, by itself.
    def test_a_server_that_is_killed_and_comes_again(self):
        server = self.start_server()
        components = [self.connected_component(f"{HOST}:{server.http}", False),
                      self.connected_component(f"{HOST}:{server.native}", True)]
        for component in components:
            self.check_available(component.public)
        server.process.kill()
        server.wait()
        for component in components:
            for _ in "ab":
                component.err.until(f"Abandoned by {HOST}:({server.http}|{server.native}): ")
            self.check_all_unavailable(component.public)
        self.start_server(port=server.http, native_port=server.native)
        for component in components:
            self.wait_until_available(component)
            self.check_available(component.public)

    # Crunch 15: A lost connection fails its pending requests at once.
    def test_a_server_that_is_killed_in_mid_request(self):
        for native in (False, True):
            server, component = self.start_both(native)
            server.process.send_signal(signal.SIGSTOP)
            answers = []
            asking = threading.Thread(
                target=lambda port=component.public: answers.append(curl(port, MUL_DIV)))
            asking.start()
            component.err.until("component_api.MulDiv from ")
            server.process.kill()
            asking.join(DEADLINE)
            self.assertEqual((answers[0].status, answers[0].message()[0]),
                             (500, "couplet.Abandoned"))
            self.check_all_unavailable(component.public)

    # Crunch 20: A server that falls silent keeps neither a client from leaving nor the end.
    def test_a_silent_server(self):
        for native in (False, True):
            silent, asked = threading.Event(), threading.Semaphore(0)

            def answer(name, members, silent=silent, asked=asked):
                asked.release()
                return None if silent.is_set() else compute(name, members)

            with played(answer, native) as port:
                component = self.connected_component(f"127.0.0.1:{port}", native)
                while asked.acquire(blocking=False):
                    pass
                silent.set()
                with programs.connect(component.public, HOST) as client:
                    client.sendall(f"GET /{MUL_DIV} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                    for _ in "ab":
                        self.assertTrue(asked.acquire(timeout=DEADLINE))
                component.err.until("component_api.MulDiv from ")
                component.err.until("Abandoned by ")
                self.assertEqual(component.stop(signal.SIGINT), 172)
                self.assertEqual(component.err.rest()[-1], ABORTED)


class Program(ComponentTest):
    # Crunch 22, 28: A busy port is reported at once.
    def test_a_port_that_is_taken(self):
        with socket.create_server((HOST, 0)) as taken:
            place = f"{HOST}:{taken.getsockname()[1]}"
            for public, control in ((place, f"{HOST}:0"), (f"{HOST}:0", place)):
                self.check("crunch_component", f"--public={public}", f"--control={control}",
                           f"--crunch={HOST}:1", status=98, stderr="crunch_component: cannot "
                           f'listen at "{place}" ([Errno 98] Address already in use)\n')

    # Crunch 29: Listening, connected, accepted, each request, closed.
    def test_the_log(self):
        server = self.start_server()
        place = f"{HOST}:{server.http}"
        component = self.start_component(place, False)
        self.assertEqual([said(component.err.next()) for _ in "ab"], [f"Connected to {place}"] * 2)
        curl(component.public, MUL_DIV)
        lines = [said(component.err.next()) for _ in range(3)]
        client = lines[1].rpartition(" ")[2]
        self.assertEqual(lines, [
            f"Accepted a connection from {client} on {HOST}:{component.public}",
            f"component_api.MulDiv from {client}",
            f"Abandoned by {client}: Connection was closed cleanly."])
        asked = {said(server.err.until("crunch_api")).partition(" ")[0] for _ in "ab"}
        self.assertEqual(asked, {"crunch_api.Multiply", "crunch_api.Divide"})
        self.assertEqual(component.stop(signal.SIGINT), 172)
        closed = f"Closed the connection with {place}: Connection was closed cleanly."
        self.assertEqual([said(line) for line in component.err.rest()], [
            "Received SIGINT, shutting down.", f"Closed the port on {HOST}:{component.public}",
            f"Closed the port on {HOST}:{component.control}", closed, closed, ABORTED])

    # Crunch 25: An operator takes a request out of service, and back, by the control port.
    def test_out_of_service(self):
        component = self.start_component(f"{HOST}:1", False)
        update = "ApiUpdate?request_type=MulDiv&enabled="
        disable = update + "false&reason=spring+cleaning"
        self.assertEqual(curl(component.control, disable).status, 200)
        answer = curl(component.public, MUL_DIV)
        self.assertEqual((answer.status, answer.message()[0]), (503, "couplet.OutOfService"))
        self.assertIn("spring cleaning", answer.body)
        self.check_unavailable(component.public, DIV_MUL, ["a", "b"])
        self.assertEqual(curl(component.control, update + "true").status, 200)
        self.check_unavailable(component.public, MUL_DIV, ["server_a", "server_b"])
        self.assertEqual(curl(component.public, "ApiUpdate").status, 404)

    # Crunch 26: What an operator sees.
    def test_counts(self):
        component = self.start_component(f"{HOST}:1", False)
        self.check_all_unavailable(component.public)
        statuses = curl(component.control, "ApiShow").message()[1]["statuses"]
        self.assertEqual([(one["request_type"], one["admitted"], one["failed"], one["shed"])
                          for one in statuses],
                         [("component_api.MulDiv", 1, 1, 0), ("component_api.DivMul", 1, 1, 0)])

    # Crunch 27: Nested settings are JSON, or an address.
    def test_settings(self):
        dumped = programs.run("crunch_component", '--crunch={"host":"::1","port":7}',
                              "--public=localhost:8", "--dump_settings").stdout.decode()
        self.assertIn('"crunch":{"host":"::1","port":7},"public":{"host":"localhost","port":8}',
                      dumped)
        self.check("crunch_component", "--publik=8", status=2,
                   stderr="crunch_component: Unknown flag: --publik\n")


if __name__ == "__main__":
    programs.main()
