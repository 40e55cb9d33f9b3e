#!/usr/bin/perl
# Tier 3: upload_spool_dir with the set-uid helper: whose the records are, and
# who can come to them.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

my ($above, $spool) = ('/var/spool/inftpd', '/var/spool/inftpd/uploads');
File::Path::remove_tree($above);
for my $dir (read_file(build_path('units/inftpd.tmpfiles'))
    =~ m{^d (/var/spool/\S+ \d+) root root -$}mg) {
	my ($path, $mode) = split ' ', $dir;
	mkdir $path or die "$path: $!";
	chmod oct $mode, $path;
}
account('owner', uid => 1041);
my %home = three_kinds(upload_spool_dir => $spool, chown_uploads => 'YES',
    chown_username => 'owner');
account('jane', uid => 1042);
drop_in('jane', chroot_local_user => 'YES');
super_server();

sub record {
	my @names = glob "$spool/*.upload $spool/.[!.]*";

	is(scalar @names, 1, 'one record') or return {};
	my %record = (owner => (stat $names[0])[4],
	    map { split /=/, $_, 2 } split /\n/, read_file($names[0]));
	unlink @names;
	return \%record;
}

my %uid = (alice => 1001, jane => 1042, vera => 901, anonymous => 901);
for my $user (sort keys %uid) {
	my $c = dial();
	my $name = $user eq 'anonymous' ? 'pub/up' : 'up';

	$c->login($user);
	is(($c->stor($name, 'text'))[0], 226, "$user: an upload");
	my $record = record();
	is($record->{owner}, $uid{$user}, 'the record is the user\'s');
	is($record->{uid}, $uid{$user}, 'and says so');
	is(read_file("$record->{root}/$record->{path}"), 'text',
	    'root and path lead to the file');
	is((stat "$record->{root}/$record->{path}")[4],
	    $user eq 'anonymous' ? 1041 : $uid{$user}, 'whoever owns that');
	if ($user eq 'alice') {
		$c->expect($_, 550) for "CWD $above", "CWD $spool",
		    "MLST $spool/x", "DELE $spool/x", "MKD $spool/x";
		$c->pasv;
		$c->expect("STOR $spool/forged.upload", 553, undef,
		    'nobody makes one up');
	}
	# Moves between directories are as without.
	$c->expect('MKD ' . ($name =~ s/up$/dir/r), 257);
	if ($user ne 'anonymous') {
		$c->expect('RNFR up', 350);
		$c->expect('RNTO dir/up', 250, undef, 'a file is moved');
	}
	my $agent = file_agent();
	my @outside = grep { /spool/ } map { readlink($_) // '' }
	    glob "/proc/$agent/fd/*";
	is("@outside", $spool, 'the one descriptor that leads there');
	$c->quit;
	Inftpd::Test::wait_until(sub { !sessions() }, 5);
}

# The walls are looked at.
sub refused {
	my ($pattern, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $c = dial();

	$c->cmd('USER alice');
	$c->expect('PASS secret', 421, undef, $name);
	log_has($pattern, "$name: the log says why");
}

chmod 0701, $above;
refused(qr/upload_spool_dir \S+: the directory above it must be root's and closed/,
    'a directory above that others may enter');
chmod 0700, $above;
chown 901, 901, $above;
refused(qr/upload_spool_dir \S+: the directory above it must be/,
    'one that is not root\'s');
chown 0, 0, $above;
chmod 0777, $spool;
refused(qr/upload_spool_dir \S+: not sticky/, 'a directory that is not sticky');
chmod 01733, $spool;
my $c = dial();
$c->login('alice');
is(($c->stor('again', 'x'))[0], 226, 'mended');
$c->quit;
is(record()->{path}, '/home/alice/again', 'seen from the machine\'s root');
done_testing;
