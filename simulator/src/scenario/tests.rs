//! What a scenario file may say, and what each mistake is answered with.

use super::*;

const LEAST: &str = "duration = 10\n[world]\nkind = \"builtin\"\n";

fn refusal(text: &str) -> String {
    Scenario::parse(text).map_or_else(|error| error.to_string(), |scenario| format!("accepted: {scenario:?}"))
}

#[test]
fn what_a_scenario_does_not_say_has_a_usual_value() -> Result<(), ScenarioError> {
    let scenario = Scenario::parse(LEAST)?;
    assert_eq!((scenario.seed, scenario.world), (1, World::Builtin));
    assert_eq!(scenario.security, Security { verify: Verify::EachReceiver, crypto: true });
    assert_eq!(scenario.radio, Radio { model: Model::Fading, dcc: true });
    assert_eq!((scenario.stations.equipped, scenario.stations.tickets), (1.0, 3));
    Ok(())
}

#[test]
fn every_mistake_is_named_with_its_place() {
    for (more, expected) in [
        ("nonsense = 1\n", "line 4: unknown field `nonsense`"),
        ("step = 1\n", "world.step: goes with the kind \"sumo\" only"),
        ("[radio]\nmodel = \"magic\"\n", "line 5: unknown variant `magic`"),
        ("[radio]\nmodel = \"disc\"\n", "radio.range: the model \"disc\" needs one"),
        ("[radio]\nrange = 300\n", "radio.range: goes with the model \"disc\" only"),
        ("[stations]\nequipped = 1.5\n", "stations.equipped: 1.5: a share lies between 0 and 1"),
        (
            "[stations.equipped-by-class]\nhovercraft = 1\n",
            "hovercraft: no such class; there are passenger-car,",
        ),
        ("[stations]\ntickets = 0\n", "stations.tickets: 0: 1 to 9"),
        ("[stations]\nticket-seconds = 5\n", "stations.ticket-seconds: 5: 60 to 65535"),
        ("[[rsu]]\nname = \"A\"\nlatitude = 91\nlongitude = 0\n", "rsu 1: latitude: 91 is beyond 90 degrees"),
        ("[[attacker]]\nkind = \"forge\"\nrate = 0\n", "attacker 1: rate: 0: more than 0"),
        ("[[attacker]]\nkind = \"forge\"\nnumber = 9999\n", "attacker: 9999 are too many"),
        ("[[attacker]]\nkind = \"magic\"\n", "line 5: unknown variant `magic`"),
        ("[[outage]]\nfrom = 5\nuntil = 5\n", "outage 1: ends before it begins"),
        ("[security]\nverify = \"sometimes\"\n", "line 5: unknown variant `sometimes`"),
        (
            "[security]\ncrypto = false\n[[attacker]]\nkind = \"forge\"\n",
            "security.crypto: without it there is nothing to attack",
        ),
    ] {
        let told = refusal(&format!("{LEAST}{more}"));
        assert!(told.contains(expected), "expected {expected:?}\n     got {told:?}");
    }
    for (text, expected) in [
        ("duration = 0\n[world]\nkind = \"builtin\"\n", "duration: 0: 1 to 86400"),
        ("duration = \"long\"\n", "line 1: invalid type"),
        ("[world]\nkind = \"builtin\"\n", "missing field `duration`"),
        ("duration = 10\n", "missing field `world`"),
        ("duration = 10\n[world]\nkind = \"sumo\"\n", "world: give either config, or net"),
        (
            "duration = 10\n[world]\nkind = \"sumo\"\nconfig = \"a\"\nnet = \"b\"\n",
            "world: give either config, or net",
        ),
        ("duration = 10\n[world]\nkind = \"sumo\"\nconfig = \"a\"\nstep = 0.3\n", "world.step: 0.3: one of"),
        (
            "duration = 10\n[world]\nkind = \"fcd\"\nfile = \"$NO_SUCH_VARIABLE_HERE/x\"\n",
            "NO_SUCH_VARIABLE_HERE is not set",
        ),
        ("duration = 10\n[world]\nkind = \"fcd\"\n", "world.file: the kind \"fcd\" needs one"),
        ("duration = 10\n[world\n", "line 2: "),
    ] {
        let told = refusal(text);
        assert!(told.contains(expected), "expected {expected:?}\n     got {told:?}");
    }
}

#[test]
fn paths_count_from_the_folder_of_the_file() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("wayseal-scenario-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("mine.toml");
    std::fs::write(&file, "duration = 10\n[world]\nkind = \"fcd\"\nfile = \"a/b.xml\"\n")?;
    let scenario = Scenario::read(&file);
    std::fs::remove_dir_all(&folder)?;
    let scenario = scenario?;
    assert_eq!((scenario.name.as_str(), scenario.world), ("mine", World::Fcd(folder.join("a/b.xml"))));
    let told = Scenario::read(&file).map_or_else(|error| error.to_string(), |_| "accepted".to_owned());
    assert!(told.contains("mine.toml") && told.contains("cannot be read"), "{told}");
    Ok(())
}

#[test]
fn every_shipped_scenario_is_whole_and_says_what_it_shows() {
    for shipped in shipped() {
        match shipped.scenario() {
            Ok(scenario) => assert!(!scenario.description.is_empty(), "{}", shipped.name),
            // Those on networks that are not SUMO's own say by a variable where they are.
            Err(error) => assert!(error.to_string().contains("is not set"), "{}: {error}", shipped.name),
        }
    }
}
