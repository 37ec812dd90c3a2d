"""A ground station by MAVSDK: telemetry, a mission up and down, arm, take off, land."""
import asyncio
import sys

from mavsdk import ComponentType
from mavsdk.asyncio.mavsdk import Configuration, Mavsdk
from mavsdk.asyncio.plugins.action import ActionAsync
from mavsdk.asyncio.plugins.mission import MissionAsync
from mavsdk.asyncio.plugins.telemetry import TelemetryAsync
from mavsdk.plugins.mission.mission import MissionItem, MissionPlan


def item(east):
    return MissionItem(
        latitude_deg=48.7665, longitude_deg=11.4257 + east, relative_altitude_m=15, speed_m_s=10, is_fly_through=True,
    )


async def first(stream, wanted=lambda _: True):
    async for value in stream:
        if wanted(value):
            return value


async def fly(mavsdk):
    await mavsdk.add_any_connection(f"udpin://127.0.0.1:{sys.argv[1]}")
    drone = await mavsdk.first_autopilot(timeout_s=20.0)
    assert drone is not None, "no autopilot"
    print("connected")
    action, mission, telemetry = ActionAsync(drone), MissionAsync(drone), TelemetryAsync(drone)
    position = await first(telemetry.subscribe_position())
    assert abs(position.latitude_deg - 48.7665) < 0.01, position
    print("telemetry")
    await mission.upload_mission(MissionPlan([item(0.0003), item(0.0006)]))
    back = await mission.download_mission()
    assert len(back.mission_items) == 2, back
    print("mission up and down")
    await action.arm()
    await action.takeoff()
    await first(telemetry.subscribe_position(), lambda position: position.relative_altitude_m > 5)
    print("in the air")
    await action.land()
    await first(telemetry.subscribe_in_air(), lambda in_air: not in_air)
    print("landed")


async def main():
    configuration = Configuration.create_with_component_type(ComponentType.GROUND_STATION)
    async with Mavsdk(configuration) as mavsdk:
        await asyncio.wait_for(fly(mavsdk), 90)


asyncio.run(main())
