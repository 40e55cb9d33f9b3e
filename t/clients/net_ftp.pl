#!/usr/bin/perl
# net_ftp.pl - Perl's Net::FTP, for t/clients-perl.t: settings in the
# environment, steps on standard input. With FTP_REUSE set, data connections
# resume the control connection's newest session: Net::FTP means to, but looks
# for it under another name than it was kept by.

use strict;
use warnings;

use Net::FTP;
use POSIX ();

if ("@ARGV" eq '--version') {
	print "$Net::FTP::VERSION\n";
	exit 0;
}

# Whatever name is asked for.
package Newest {
	sub new { return bless {}, $_[0] }
	sub add_session { $_[0]{session} = $_[2]; return 1 }
	sub get_session { return $_[0]{session} }
	sub del_session { return 1 }
}

my %set = map { $_ => $ENV{'FTP_' . uc} } qw(host user password active tls ca named);
my $ftp = Net::FTP->new($set{host}, Port => 21, Timeout => 20,
    Passive => $set{active} ? 0 : 1, $set{tls} ? (SSL_ca_file => $set{ca}) : (),
    $set{tls} eq 'implicit' ? (SSL => 1) : (),
    $ENV{FTP_REUSE} ? (SSL_session_cache => Newest->new) : ()) or die "connect: $@\n";

sub check { $_[0] or die $ftp->code, ' ', $ftp->message }

sub give_up {
	my ($remote, $local) = @_;
	my $data = $ftp->retr($remote) or check(0);

	$data->read(my $some, 1000) > 0 or die "read: $!\n";
	check($data->abort);
}

my %steps = (
	list => sub {
		check(my $lines = $ftp->dir(@_));
		print "$_\n" for @$lines, $ftp->ls(@_);
	},
	get => sub { check($ftp->get(@_)) },
	reget => sub { check($ftp->get(@_, -s $_[1])) },
	put => sub { check($ftp->put(@_)) },
	reput => sub {
		my ($local, $remote) = @_;

		# restart() is not for uploads, append() is.
		my $have = $ftp->size($remote);
		open my $file, '<', $local or die "$local: $!\n";
		seek $file, $have, 0;
		check($ftp->append($file, $remote));
	},
	get_time => sub {
		my ($remote, $local) = @_;

		check($ftp->get($remote, $local));
		utime((check($ftp->mdtm($remote))) x 2, $local);
	},
	# It has no call for this.
	put_time => sub {
		my ($local, $remote) = @_;
		my $time = POSIX::strftime('%Y%m%d%H%M%S', gmtime +(stat $local)[9]);

		check($ftp->put($local, $remote));
		check($ftp->quot('MFMT', $time, $remote) == 2);
	},
	rename => sub { check($ftp->rename(@_)) },
	remove => sub { check($ftp->delete(@_)) },
	mkdir => sub { check($ftp->mkdir(@_)) },
	rmdir => sub { check($ftp->rmdir(@_)) },
	abort => \&give_up,
);

check($ftp->quot('HOST', $set{named}) == 2) if $set{named};
if ($set{tls} eq 'explicit') {
	check($ftp->starttls);
}
check($ftp->login(@set{qw(user password)}));
check($ftp->binary || 1);
$ftp->prot('P') if $set{tls};
while (my $line = <STDIN>) {
	chomp $line;
	my ($verb, @arg) = split /\t/, $line;
	$steps{$verb}->(@arg);
}
$ftp->quit;
