"""MAVLink 2 signatures of pymavlink: what it signs is believed, what is signed for it it believes."""
import hashlib
import sys

from pymavlink import mavutil

port, passphrase, expected = sys.argv[1], sys.argv[2], sys.argv[3]
link = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=255, dialect="ardupilotmega")
link.setup_signing(hashlib.sha256(passphrase.encode()).digest(), sign_outgoing=True, allow_unsigned_callback=None)
heartbeat = link.recv_match(type="HEARTBEAT", blocking=True, timeout=30 if expected == "answer" else 4)
if expected == "silence":
    assert heartbeat is None, "what another key signed was believed"
    # Its own frames are not believed either: nobody answers.
    for _ in range(20):
        link.mav.command_long_send(7, 1, 512, 0, 148, 0, 0, 0, 0, 0, 0)
        assert link.recv_match(type="COMMAND_ACK", blocking=True, timeout=0.1) is None
    print("silence")
    sys.exit(0)
assert heartbeat is not None and link.mav.signing.sig_count > 0, "no signed heartbeat"
for _ in range(50):
    link.mav.command_long_send(7, 1, 512, 0, 148, 0, 0, 0, 0, 0, 0)
    ack = link.recv_match(type="COMMAND_ACK", blocking=True, timeout=0.4)
    if ack is not None:
        assert ack.result == 0
        print("answered")
        sys.exit(0)
sys.exit("no answer to what was signed")
