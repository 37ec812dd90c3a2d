//! placeholder
use crate::refusal::Refusal;
use crate::sign::SignRequest;
use crate::trust::TrustProfile;
pub(crate) fn check_request(_: TrustProfile, _: &SignRequest<'_>) -> Result<(), Refusal> {
    Ok(())
}
