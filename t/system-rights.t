#!/usr/bin/perl
# Tier 3: who may do what, for local users of /etc/passwd: every verb under
# several settings. t/rights.t has the other kinds of accounts.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Path ();
use Inftpd::System;
use Inftpd::Test::Verbs;
use Test::More;

account('alice', uid => 1001);
my $home = '/home/alice';

# The home as each verb finds it; it is the root of the session.
sub reset_home {
	File::Path::remove_tree($home, { keep_root => 1 });
	mkdir "$home/$_" or die "$_: $!" for qw(dir empty);
	write_file("$home/there", 'x');
	chown 1001, 1001, map { "$home/$_" } qw(dir empty there);
	chmod 0644, "$home/there";
}

my @write = qw(upload overwrite mkdir delete utime chmod);
my @settings = (
	[{}, qw(download list)],
	[{ write_enable => 'YES' }, qw(download list), @write],
	[{ write_enable => 'YES', chmod_enable => 'NO' }, qw(download list),
	    grep { $_ ne 'chmod' } @write],
	[{ write_enable => 'YES', mdtm_write => 'NO' }, qw(download list),
	    grep { $_ ne 'utime' } @write],
	[{ write_enable => 'YES', download_enable => 'NO' }, 'list', @write],
	[{ write_enable => 'YES', dirlist_enable => 'NO' }, 'download',
	    @write],
	# What is said of anonymous users does not concern local ones.
	[{ anon_upload_enable => 'YES', anon_mkdir_write_enable => 'YES',
	    anon_other_write_enable => 'YES' }, qw(download list)],
);

my $super = super_server();
for my $row (@settings) {
	my ($directives, @rights) = @$row;
	my $what = join ', ', 'alice', map { "$_=$directives->{$_}" }
	    sort keys %$directives;

	configure(local_enable => 'YES', chroot_local_user => 'YES',
	    local_umask => '022', %$directives);
	my $c = dial();
	$c->login('alice');
	is_deeply([wrong_answers($c, \&reset_home, @rights)], [], $what);
}

# Set-uid programs are for those who may have programs at all.
for my $jail ('YES', 'NO') {
	my $mode = $jail eq 'YES' ? 0644 : 04755;

	reset_home();
	configure(local_enable => 'YES', chroot_local_user => $jail,
	    write_enable => 'YES');
	my $c = dial();
	$c->login('alice');
	$c->expect('SITE CHMOD 4755 there', $jail eq 'YES' ? 550 : 200);
	is((stat "$home/there")[2] & 07777, $mode,
	    "set-uid with chroot_local_user=$jail");
	$c->quit;
}
stop($super);
done_testing;
