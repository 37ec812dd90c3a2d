"""A ground station by MAVSDK: telemetry, a mission up and down, arm, take off, land."""
import asyncio
import sys

from mavsdk import System
from mavsdk.mission import MissionItem, MissionPlan


def item(east):
    nan = float("nan")
    return MissionItem(
        48.7665, 11.4257 + east, 15, 10, True, nan, nan, MissionItem.CameraAction.NONE, nan, nan, nan, nan, nan,
        MissionItem.VehicleAction.NONE,
    )


async def first(stream, wanted=lambda _: True):
    async for value in stream:
        if wanted(value):
            return value


async def main():
    drone = System()
    await drone.connect(system_address=f"udpin://127.0.0.1:{sys.argv[1]}")
    await first(drone.core.connection_state(), lambda state: state.is_connected)
    print("connected")
    position = await first(drone.telemetry.position())
    assert abs(position.latitude_deg - 48.7665) < 0.01, position
    print("telemetry")
    plan = MissionPlan([item(0.0003), item(0.0006)])
    await drone.mission.upload_mission(plan)
    back = await drone.mission.download_mission()
    assert len(back.mission_items) == 2, back
    print("mission up and down")
    await drone.action.arm()
    await drone.action.takeoff()
    await first(drone.telemetry.position(), lambda position: position.relative_altitude_m > 5)
    print("in the air")
    await drone.action.land()
    await first(drone.telemetry.in_air(), lambda in_air: not in_air)
    print("landed")


asyncio.run(asyncio.wait_for(main(), 90))
