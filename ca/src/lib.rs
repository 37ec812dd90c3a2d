//! Issuing of V2X certificates and lists: profiles, lint, permit, root, EA, AA and TLM.
