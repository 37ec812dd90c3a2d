"""A ground station by pymavlink: arm, take off, upload a mission, read it back, change a parameter, set the mode."""
import sys

from pymavlink import mavutil

port, allowed = sys.argv[1], sys.argv[2] == "pilot"
link = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=255, dialect="ardupilotmega")
heartbeat = link.wait_heartbeat(timeout=30)
assert heartbeat is not None, "no heartbeat"
print("heartbeat of system", heartbeat.get_srcSystem())
system = heartbeat.get_srcSystem()
link.target_system, link.target_component = system, 1
MAV = mavutil.mavlink


def want(kind, seconds=15, **fields):
    message = link.recv_match(
        type=kind, blocking=True, timeout=seconds,
        condition=" and ".join(f"{kind}.{name}=={value}" for name, value in fields.items()) or None,
    )
    assert message is not None, f"no {kind} {fields}"
    return message


def command(number, *parameters):
    values = list(parameters) + [0] * (7 - len(parameters))
    link.mav.command_long_send(system, 1, number, 0, *values)
    return want("COMMAND_ACK", command=number).result


position = want("GLOBAL_POSITION_INT")
print("telemetry", position.lat, position.lon)

link.mav.mission_count_send(system, 1, 3, MAV.MAV_MISSION_TYPE_MISSION)
if not allowed:
    assert want("MISSION_ACK").type == MAV.MAV_MISSION_DENIED
    assert command(MAV.MAV_CMD_COMPONENT_ARM_DISARM, 1) == MAV.MAV_RESULT_DENIED
    link.mav.param_set_send(system, 1, b"MIS_TAKEOFF_ALT", 99.0, MAV.MAV_PARAM_TYPE_REAL32)
    assert "PARAM_SET" in want("STATUSTEXT").text
    link.mav.param_request_read_send(system, 1, b"MIS_TAKEOFF_ALT", -1)
    assert want("PARAM_VALUE").param_value != 99.0
    print("denied")
    sys.exit(0)

for number in range(3):
    asked = want("MISSION_REQUEST_INT", seq=number)
    link.mav.mission_item_int_send(
        system, 1, asked.seq, MAV.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT, MAV.MAV_CMD_NAV_WAYPOINT, 0, 1,
        0, 0, 0, 0, 487_665_000, 114_257_000 + 3000 * (asked.seq + 1), 15.0, MAV.MAV_MISSION_TYPE_MISSION,
    )
assert want("MISSION_ACK").type == MAV.MAV_MISSION_ACCEPTED
print("mission uploaded")
link.mav.mission_request_list_send(system, 1, MAV.MAV_MISSION_TYPE_MISSION)
assert want("MISSION_COUNT").count == 3
link.mav.mission_request_int_send(system, 1, 2, MAV.MAV_MISSION_TYPE_MISSION)
assert want("MISSION_ITEM_INT", seq=2).y == 114_266_000
print("mission read back")
link.mav.param_set_send(system, 1, b"MIS_TAKEOFF_ALT", 12.0, MAV.MAV_PARAM_TYPE_REAL32)
assert want("PARAM_VALUE").param_value == 12.0
assert command(MAV.MAV_CMD_COMPONENT_ARM_DISARM, 1) == MAV.MAV_RESULT_ACCEPTED
assert command(MAV.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, float("nan")) == MAV.MAV_RESULT_ACCEPTED
while want("GLOBAL_POSITION_INT").relative_alt < 10_000:
    pass
print("in the air")
assert command(MAV.MAV_CMD_DO_SET_MODE, 1, 4, 4) == MAV.MAV_RESULT_ACCEPTED
want("MISSION_ITEM_REACHED", seconds=60, seq=0)
print("mission flown to its first item")
assert command(MAV.MAV_CMD_DO_SET_MODE, 1, 4, 6) == MAV.MAV_RESULT_ACCEPTED
print("landing")
