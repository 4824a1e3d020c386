//! The power goes at every single moment of publishing: nothing half done is seen, nothing accepted is lost.

use tests::{Ask, Pipit, Upload, photo_with_gps};

/// More operations than publishing a post with its photo takes.
const MOMENTS: usize = 60;

fn ask() -> Ask {
    let photo = Upload { field: "photo", file_name: "a.jpg", bytes: photo_with_gps() };
    Ask::upload("/posts", &[("title", ""), ("text", "Words"), ("alt", "A bird")], &[photo])
}

#[test]
fn the_power_may_go_at_any_moment_of_publishing() {
    let mut was_cut = false;
    for moment in 0..MOMENTS {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let ben = pipit.sign_up("ben");
        ben.post("/follows", &[("username", &pipit.name("ann"))]).expect(303);
        memory.native.faults.stop_after(moment);
        memory.runs_jobs.set(false);
        let answer = ann.send(ask());
        memory.native.faults.heal();
        memory.runs_jobs.set(true);
        was_cut |= answer.status >= 500;

        // A copy of the blog's row lives for a minute; a lease on a job for two.
        memory.native.clock.advance(121);
        memory.run_jobs();
        let blog = pipit.blog(&ann);
        let (home, feed) = (blog.get("/").expect(200), blog.get("/feed.xml").expect(200));
        let stands = home.text().contains("Words");
        if answer.status == 303 {
            assert!(stands, "moment {moment}: accepted and lost");
        }
        assert_eq!(feed.text().contains("Words"), stands, "moment {moment}");
        assert_eq!(ben.get("/").text().contains("Words"), stands, "moment {moment}");
        let begin = format!("http://{}/", pipit.media_host());
        let photos: Vec<String> =
            home.attributes("src").into_iter().filter(|src| src.starts_with(&begin)).collect();
        assert_eq!(photos.len(), usize::from(stands), "moment {moment}: a post without its photo");
        photos.iter().for_each(|photo| drop(pipit.media(photo).expect(200)));
        assert_eq!(
            memory.count("select count(*) as n from jobs where dead_at is not null"),
            0,
            "moment {moment}: a job was given up"
        );

        // Whoever was not answered sends it again, and it is there.
        if answer.status != 303 && !stands {
            ann.send(ask()).expect(303);
            blog.get("/").expect(200).expect_text("Words");
        }
        if answer.status == 303 && moment > 0 && was_cut {
            return;
        }
    }
    panic!("publishing takes more than {MOMENTS} operations, or never came through");
}

#[test]
fn the_power_may_go_at_any_moment_of_deleting() {
    for moment in 0..MOMENTS {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let post = ann.write("", "Words");
        memory.runs_jobs.set(false);
        memory.native.faults.stop_after(moment);
        let answer = ann.post(&format!("/posts/{}/deletion", post.id), &[]);
        memory.native.faults.heal();
        memory.runs_jobs.set(true);
        memory.native.clock.advance(61);
        let status = pipit.blog(&ann).get(&post.path).status;
        let stands = pipit.blog(&ann).get("/").expect(200).text().contains("Words");
        assert_eq!(status, if stands { 200 } else { 410 }, "moment {moment}");
        if answer.status == 303 {
            assert!(!stands, "moment {moment}: deleted and still there");
            return;
        }
    }
    panic!("deleting takes more than {MOMENTS} operations");
}
