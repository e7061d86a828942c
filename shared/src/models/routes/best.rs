//! Which model of a chain is the best that may see a text: the one whose vector a memory should have.

use super::Route;
use crate::index::Fingerprint;
use crate::memory::Sensitivity;
use crate::memory::id::Fields;
use crate::models::Model;

impl Route {
    /// The first model that may see texts of that sensitivity; none where no one may.
    pub fn best(&self, sensitivity: Sensitivity) -> Option<Fingerprint> {
        self.chain.iter().find(|model| model.place().may_see(sensitivity)).map(Model::fingerprint)
    }

    /// The same route with that one model.
    #[must_use]
    pub fn only(&self, model: Fingerprint) -> Route {
        let chain: Vec<Model> = self.chain.iter().filter(|one| one.fingerprint() == model).cloned().collect();
        Route { chain: chain.into(), ..self.clone() }
    }

    /// Stands for all that [`Route::best`] goes by: under two routes with the same one, each text has the same best model.
    pub fn signature(&self) -> String {
        let mut fields = Fields::new("memorable route signature v1");
        for model in self.chain.iter() {
            fields.add(model.fingerprint().0.to_string()).add(format!("{:?}", model.place()));
        }
        fields.finish().to_hex()[..16].to_owned()
    }
}
